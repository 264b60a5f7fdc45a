"""One goal after the other: tried again while the machine is noisy, never allowed to end the run of the others."""

import traceback

from . import goal as goals
from .problem import Missing, Void


def measure(bench, module):
    """The results of one goal; three noisy tries at most, none when the run is late."""
    results = []
    for attempt in range(1 if bench.quick else goals.NOISY_TRIES):
        results = once(bench, module)
        noisy = [note for r in results if r.verdict == "noisy" for note in r.notes if note.startswith("noisy")]
        if not noisy:
            return results
        bench.say(f"  try {attempt + 1}: {noisy[0]}")
        if bench.late():
            break
    return results if bench.quick else [goals.not_measured(r) if r.verdict == "noisy" else r for r in results]


def once(bench, module):
    try:
        return module.run(bench)
    except Void as why:
        return [goals.void(g, str(why)) for g in module.GOALS]
    except Missing as what:
        return [goals.not_measured(goals.void(g, str(what))) for g in module.GOALS]
    except Exception as broken:  # a goal is somebody's code: it is told, and the others go on
        bench.say(traceback.format_exc())
        return [goals.void(g, f"the goal's own code failed: {broken!r}") for g in module.GOALS]
