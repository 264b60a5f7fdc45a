#!/usr/bin/python3
"""The arithmetic of the benches: ratios, medians, refusals, verdicts, what the JSON says. Prints TAP."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import types
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))
from lib import goal as goals  # noqa: E402
from lib import load, report, runner  # noqa: E402
from lib.bench import work_folder  # noqa: E402
from lib.goal import Goal, Rounds, Sample  # noqa: E402
from lib.problem import Missing, Void  # noqa: E402

LOWER = Goal("P0", "cost", unit="us", peer="nginx", floor=1.0, ambition=0.5)
HIGHER = Goal("P0", "speed", unit="req/s", peer="FastAPI", better="higher", floor=3.0, ambition=5.0, speed=True)
ALONE = Goal("P0", "size", unit="bytes", compare="value", floor=100, ambition=50, control=False)
APART = Goal("P0", "hand-off", unit="us", peer="inline", compare="difference", floor=14, ambition=8)


def rounds_of(ours, peer, control=None, others=0.0, **fields):
    control = control or [10.0] * len(ours)
    return Rounds([{"ours": Sample(cpu_us=a, **fields), "peer": Sample(cpu_us=b), "control": Sample(cpu_us=c)}
                   for a, b, c in zip(ours, peer, control)], others)


class Judging(unittest.TestCase):
    def test_a_result_is_the_median_of_the_rounds_own_ratios(self):
        r = goals.judge(LOWER, rounds_of([10, 30, 8], [20, 30, 40]))
        self.assertEqual([row["ratio"] for row in r.rounds], [0.5, 1.0, 0.2])
        self.assertEqual((r.median, r.min, r.max, r.verdict), (0.5, 0.2, 1.0, "pass"))

    def test_one_good_round_does_not_make_a_goal_pass(self):
        self.assertEqual(goals.judge(LOWER, rounds_of([1, 30, 30], [20, 20, 20])).verdict, "fail")

    def test_the_floor_itself_is_reached(self):
        self.assertEqual(goals.judge(LOWER, rounds_of([5], [5])).verdict, "pass")
        self.assertEqual(goals.judge(HIGHER, rounds_of([9], [3])).verdict, "pass")

    def test_more_is_better_where_speed_is_compared(self):
        self.assertEqual(goals.judge(HIGHER, rounds_of([10], [5])).verdict, "fail")
        self.assertEqual(goals.judge(HIGHER, rounds_of([20], [5])).verdict, "pass")

    def test_a_difference_and_a_value_are_not_divided(self):
        self.assertEqual(goals.judge(APART, rounds_of([36], [16])).median, 20)
        self.assertEqual(goals.judge(ALONE, rounds_of([36], [0])).median, 36)

    def test_what_is_compared_may_be_a_field_an_extra_or_a_function(self):
        sample = Sample(p99_us=7.0, extra={"each": 9.0})
        self.assertEqual(goals.pick(sample, "p99_us"), 7.0)
        self.assertEqual(goals.pick(sample, "each"), 9.0)
        self.assertEqual(goals.pick(sample, lambda s: s.p99_us * 2), 14.0)


class Noise(unittest.TestCase):
    def verdict(self, goal, **what):
        return goals.judge(goal, rounds_of([10, 10, 10], [20, 20, 20], **what)).verdict

    def test_a_control_that_varies_makes_it_noisy(self):
        self.assertEqual(self.verdict(LOWER, control=[10, 10.5, 11.4]), "pass")
        self.assertEqual(self.verdict(LOWER, control=[10, 10.5, 12]), "noisy")

    def test_others_on_the_cores_make_it_noisy(self):
        self.assertEqual(self.verdict(LOWER, others=0.9), "pass")
        self.assertEqual(self.verdict(LOWER, others=1.1), "noisy")

    def test_a_busy_generator_matters_only_where_speed_is_measured(self):
        self.assertEqual(self.verdict(LOWER, generator=0.95), "pass")
        self.assertEqual(self.verdict(HIGHER, generator=0.95), "noisy")

    def test_noise_never_hides_behind_a_missed_floor(self):
        self.assertEqual(goals.judge(LOWER, rounds_of([90], [10], others=2.0)).verdict, "noisy")


class Repeating(unittest.TestCase):
    """runner.measure with goals whose rounds are planned."""

    def measured(self, plan, quick=False):
        """The results when the n-th try does plan[n]; the number of tries."""
        tries = []

        def run(_bench):
            tries.append(1)
            step = plan[len(tries) - 1]
            if isinstance(step, Exception):
                raise step
            return [goals.judge(LOWER, rounds_of([10], [20], others=step))]

        bench = types.SimpleNamespace(quick=quick, say=lambda text: None, late=lambda: False)
        return runner.measure(bench, types.SimpleNamespace(GOALS=(LOWER,), run=run)), len(tries)

    def test_a_noisy_goal_is_tried_three_times_and_then_not_measured(self):
        (result,), tries = self.measured([2.0, 2.0, 2.0])
        self.assertEqual((result.verdict, tries), ("not_measured", 3))

    def test_a_quiet_try_ends_the_trying(self):
        (result,), tries = self.measured([2.0, 0.1])
        self.assertEqual((result.verdict, tries), ("pass", 2))

    def test_a_quick_run_tries_once_and_says_noisy(self):
        (result,), tries = self.measured([2.0], quick=True)
        self.assertEqual((result.verdict, tries), ("noisy", 1))

    def test_a_wrong_answer_voids_the_goal_at_once(self):
        (result,), tries = self.measured([Void("a row is missing")])
        self.assertEqual((result.verdict, tries, result.notes), ("void", 1, ["a row is missing"]))

    def test_what_is_missing_leaves_one_goal_out_and_is_named(self):
        (result,), _ = self.measured([Missing("nginx is not here: apt-get install nginx")])
        self.assertEqual(result.verdict, "not_measured")
        self.assertIn("apt-get install nginx", result.notes[0])

    def test_a_goal_that_breaks_is_void_and_the_others_go_on(self):
        (result,), _ = self.measured([ZeroDivisionError("division by zero")])
        self.assertEqual(result.verdict, "void")
        self.assertIn("ZeroDivisionError", result.notes[0])


class Ending(unittest.TestCase):
    def code(self, *verdicts):
        return goals.exit_code([goals.Result(LOWER, v) for v in verdicts])

    def test_the_exit_code_names_the_worst(self):
        self.assertEqual(self.code("pass", "pass"), 0)
        self.assertEqual(self.code("pass", "noisy"), 3)
        self.assertEqual(self.code("pass", "not_measured"), 3)
        self.assertEqual(self.code("noisy", "fail"), 1)
        self.assertEqual(self.code("pass", "void"), 1)

    def test_a_run_without_any_result_is_no_success(self):
        self.assertEqual(self.code(), 3)


class Generator(unittest.TestCase):
    target = types.SimpleNamespace(name="x")

    def said(self, **found):
        line = {"requests": 10, "wrong": 0, "how": "", "socket_errors": 0} | found
        return load.wrk_said("Running 1s test\n" + json.dumps(line) + "\n", 0, self.target)

    def test_good_answers_are_counted(self):
        self.assertEqual(self.said()["requests"], 10)

    def test_a_wrong_answer_or_a_lost_connection_voids(self):
        for found in ({"wrong": 1}, {"socket_errors": 1}, {"requests": 0}):
            with self.assertRaises(Void):
                self.said(**found)

    def test_a_generator_that_fails_voids(self):
        with self.assertRaises(Void):
            load.wrk_said("unable to connect", 1, self.target)


class Json(unittest.TestCase):
    def found(self):
        results = [goals.judge(LOWER, rounds_of([10, 12], [20, 20])), goals.void(ALONE, "wrong")]
        machine = {"cpu": "c", "cores": 2, "kernel": "k", "costs": {"syscall_ns": 1, "fault_ns": 1, "fork_us": 1}}
        return {"schema": 1, "commit": "abc", "time": "2026-01-01T00:00:00Z", "machine": machine,
                "load": {"before": 0.0, "after": 0.0}, "goals": [r.as_json() for r in results]}

    def test_each_goal_says_what_the_schema_asks(self):
        for g in self.found()["goals"]:
            self.assertLessEqual({"id", "peer", "unit", "rounds", "median", "min", "max", "floor", "ambition",
                                  "verdict", "notes"}, set(g))
            self.assertIn(g["verdict"], goals.VERDICTS)
        self.assertEqual(set(self.found()["goals"][0]["rounds"][0]), {"ours", "peer", "control", "ratio"})

    def test_it_is_json_without_numbers_that_json_does_not_know(self):
        json.dumps(self.found(), allow_nan=False)

    def test_the_baseline_shows_every_goal_with_its_verdict(self):
        text = report.baseline(self.found(), {})
        self.assertIn("| P0 | cost | nginx | 0.55 | 0.5..0.6 | <= 1 | <= 0.5 | pass |", text)
        self.assertIn("void", text)

    def test_a_file_that_is_no_result_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "x.json"
            file.write_text('{"schema": 2}', "utf-8")
            with self.assertRaises(Missing):
                report.read_result(file)


RUN = """
import contextlib, sys, time
sys.path.insert(0, sys.argv[1])
from lib.bench import Bench
with contextlib.closing(Bench(say=lambda text: None)) as bench:
    server = bench.accounting.group("server").spawn(["sleep", "600"], 0)
    print(server.pid, bench.work, flush=True)
    while True:  # a signal that comes just before a long sleep is heard when that is over
        time.sleep(0.05)
"""


class Ending(unittest.TestCase):
    def run_and_signal(self, *signals):
        """What a run that had started a server leaves behind when it gets the signals: (process, folder)."""
        argv = [sys.executable, "-c", RUN, str(BENCH)]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
            try:
                pid, folder = run.stdout.readline().split()
                for number in signals:
                    run.send_signal(number)
                run.wait(timeout=60)
            finally:
                run.kill()
        return Path("/proc", pid).exists(), Path(folder).exists()

    def test_a_run_that_is_ended_ends_its_servers_and_removes_its_folder(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.assertEqual(self.run_and_signal(number), (False, False))

    def test_a_second_signal_does_not_cut_the_tidying_short(self):
        self.assertEqual(self.run_and_signal(signal.SIGTERM, signal.SIGTERM, signal.SIGINT), (False, False))

    def test_the_next_run_removes_the_folder_of_one_that_was_killed(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch("tempfile.tempdir", folder):
            process = subprocess.Popen(["true"])
            process.wait()
            gone, alive = (Path(folder, f"ainative-bench-{pid}-x") for pid in (process.pid, os.getpid()))
            gone.mkdir()
            alive.mkdir()
            made = work_folder()
            self.assertEqual((gone.exists(), alive.exists(), made.exists()), (False, True, True))


class Tap(unittest.TextTestResult):
    """Prints TAP lines instead of dots."""

    number = 0

    def line(self, test, good, detail=""):
        Tap.number += 1
        name = test.id().rpartition(".")[2].removeprefix("test_").replace("_", " ")
        print(f"{'ok' if good else 'not ok'} {Tap.number} - {name}")
        for text in detail.splitlines():
            print("# " + text)

    def addSuccess(self, test):
        self.line(test, True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line(test, False, self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self.line(test, False, self._exc_info_to_string(err, test))


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    done = unittest.TextTestRunner(stream=io.StringIO(), resultclass=Tap).run(suite)
    print(f"1..{Tap.number}")
    return 0 if Tap.number and done.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
