"""What is measured, what one measurement says, what a goal's rounds add up to.

Pure arithmetic: nothing here starts a process, so bench/test checks it without a machine.
"""

from dataclasses import dataclass, field
from statistics import median
from typing import Callable, Optional, Union

CONTROL_SPREAD_MAX = 0.15  # of the control peer's CPU per request
OTHERS_LOAD_MAX = 1.0  # cores used by somebody else
GENERATOR_MAX = 0.90  # of the generator's core, where speed is the measure
NOISY_TRIES = 3
VERDICTS = ("pass", "fail", "noisy", "void", "not_measured")


@dataclass(frozen=True)
class Goal:
    """One row of the table: a bar for one figure."""

    id: str  # "P2"
    what: str  # "session read, CPU per request"
    unit: str  # of the two values that are compared: "us", "req/s", "bytes", "ms"
    floor: float  # the accepted minimum
    ambition: float  # what we try for
    part: str = ""  # "cpu", "p99": tells rows of one goal apart; empty when it has one row
    peer: str = ""  # "nginx static"; empty: the bar is on our own figure
    better: str = "lower"  # or "higher"
    compare: str = "ratio"  # ours / peer, "difference" ours - peer, "value" ours alone
    control: bool = True  # the control peer ran in every round and judges the machine's noise
    speed: bool = False  # req/s is the measure: a busy generator makes it void
    calibrate: bool = False  # the first accepted full run sets the floor
    toward: str = ""  # what would bring it to the ambition

    @property
    def name(self):
        return f"{self.id} {self.part}".strip()

    def reaches(self, value, bar):
        return value <= bar if self.better == "lower" else value >= bar


@dataclass
class Sample:
    """What one contestant did in one round."""

    requests: int = 0
    seconds: float = 0.0
    cpu_us: float = 0.0  # CPU of the server's process group, microseconds per request
    rate: float = 0.0  # requests per second
    p50_us: float = 0.0
    p99_us: float = 0.0
    max_us: float = 0.0
    generator: float = 0.0  # share of its core the generator used
    extra: dict = field(default_factory=dict)


Measure = Union[str, Callable[[Sample], float]]


def pick(sample, measure: Measure):
    """A field of the sample ("cpu_us", "p99_us"), a key of its extra, or what a function makes of it."""
    if callable(measure):
        return measure(sample)
    if measure in sample.extra:
        return sample.extra[measure]
    return getattr(sample, measure)


def spread(values):
    """(largest - smallest) / median."""
    middle = median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


@dataclass
class Rounds:
    """The interleaved rounds of a goal: for each round what every contestant did."""

    rounds: list = field(default_factory=list)  # [{"ours": Sample, "peer": Sample, "control": Sample}]
    others: float = 0.0  # cores used by others meanwhile

    def of(self, name, measure: Measure):
        return [pick(r[name], measure) for r in self.rounds]

    def noise(self, goal, ours="ours", control="control"):
        """Why these rounds prove nothing, or None (rule 5)."""
        if self.others > OTHERS_LOAD_MAX:
            return f"others used {self.others:.2f} cores"
        if goal.control and self.rounds and control in self.rounds[0]:
            wide = spread(self.of(control, "cpu_us"))
            if wide > CONTROL_SPREAD_MAX:
                return f"the control's CPU per request spread {wide:.0%}"
        if goal.speed:
            busiest = max(self.of(ours, "generator"))
            if busiest > GENERATOR_MAX:
                return f"the generator used {busiest:.0%} of its core"
        return None


@dataclass
class Result:
    """One row of the JSON."""

    goal: Goal
    verdict: str
    rounds: list = field(default_factory=list)  # [{"ours", "peer", "control", "ratio"}]
    median: Optional[float] = None
    min: Optional[float] = None
    max: Optional[float] = None
    notes: list = field(default_factory=list)

    def as_json(self):
        g = self.goal
        return {"id": g.id, "part": g.part, "what": g.what, "peer": g.peer, "unit": g.unit, "better": g.better,
                "compare": g.compare, "rounds": self.rounds, "median": self.median, "min": self.min,
                "max": self.max, "floor": g.floor, "ambition": g.ambition, "verdict": self.verdict,
                "notes": self.notes}


def compared(goal, ours, peer):
    if goal.compare == "value":
        return ours
    return ours / peer if goal.compare == "ratio" else ours - peer


def judge(goal, rounds, measure: Measure = "cpu_us", ours="ours", peer="peer", control="control"):
    """A Result out of interleaved rounds: a value per round, then median, smallest and largest."""
    rows = []
    for r in rounds.rounds:
        mine = pick(r[ours], measure)
        theirs = pick(r[peer], measure) if goal.peer and peer in r else None
        steady = pick(r[control], "cpu_us") if control in r else None
        rows.append({"ours": mine, "peer": theirs, "control": steady, "ratio": compared(goal, mine, theirs)})
    values = [row["ratio"] for row in rows]
    middle = median(values)
    verdict = "pass" if goal.reaches(middle, goal.floor) else "fail"
    why = rounds.noise(goal, ours, control)
    result = Result(goal, "noisy" if why else verdict, rows, middle, min(values), max(values))
    if why:
        result.notes.append("noisy: " + why)
    return result


def void(goal, why):
    """A run whose answers were wrong: no figure of it may be used (rule 6)."""
    return Result(goal, "void", notes=[why])


def exit_code(results):
    """1 something failed or is void, 3 nothing did but not all could be measured, 0 all pass."""
    verdicts = {r.verdict for r in results} or {"not_measured"}
    if verdicts & {"fail", "void"}:
        return 1
    return 3 if verdicts & {"noisy", "not_measured"} else 0


def not_measured(result):
    """Three noisy tries prove nothing, however the last one looked."""
    result.verdict = "not_measured"
    return result
