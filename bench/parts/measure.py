"""Measuring two things fairly on a noisy machine: in turns, in one run, medians, and the ratio as the result."""

import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

IS_FULL = "--full" in sys.argv


@dataclass(frozen=True)
class Claim:
    """A ratio that a claim is about. at_most: smaller is better; otherwise at least."""

    name: str
    ratio: float
    target: float
    at_most: bool

    def __str__(self) -> str:
        sign = "≤" if self.at_most else "≥"
        is_met = self.ratio <= self.target if self.at_most else self.ratio >= self.target
        return f"{self.name}: {self.ratio:.2f}x (target {sign} {self.target:g}x){'' if is_met else '   MISSED'}"


async def in_turns(runs: int, **subjects: Callable[[], Awaitable[object]]) -> Mapping[str, float]:
    """Median seconds of each subject.

    They run in turns, so that a slow moment of the machine hits all of them, and in an order that changes, so that nobody always
    comes after the one who empties the processor's caches.
    """
    chance = random.Random(1)
    for subject in subjects.values():
        await subject()
    seconds: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(runs):
        for name, subject in chance.sample(list(subjects.items()), len(subjects)):
            start = time.perf_counter()
            await subject()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def show(medians: Mapping[str, float]) -> None:
    """One line a subject."""
    for name, seconds in medians.items():
        print(f"  {name:<46} {seconds * 1e6:>10.1f} us")


def percentile(values: list[float], part: float) -> float:
    """The value below which `part` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]
