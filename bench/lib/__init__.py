"""The harness: what a goal needs. See bench/README.md for the contract."""

from .goal import Goal, Result, Rounds, Sample, judge, void  # noqa: F401
from .problem import Missing, Void  # noqa: F401
