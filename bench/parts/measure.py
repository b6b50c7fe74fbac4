"""Measuring several things fairly on a noisy machine: in turns, in one run, medians, and the ratio as the result."""

import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

IS_FULL = "--full" in sys.argv

T = TypeVar("T")


@dataclass(frozen=True)
class Claim:
    """A figure that a claim is about, mostly a ratio. target None: told, nothing promised. at_most: smaller is better."""

    name: str
    value: float
    target: float | None = None
    at_most: bool = True
    unit: str = "x"

    def __str__(self) -> str:
        figure = (
            f"{self.name}: {self.value:.3g}{self.unit}" if self.value < 100 else f"{self.name}: {self.value:,.0f}{self.unit}"
        )
        if self.target is None:
            return figure
        is_met = self.value <= self.target if self.at_most else self.value >= self.target
        return f"{figure} (target {'≤' if self.at_most else '≥'} {self.target:g}{self.unit}){'' if is_met else '   MISSED'}"


def turns(rounds: int, subjects: Sequence[T]) -> list[T]:
    """The subjects, once in each round, in an order that changes.

    In turns, so that a slow moment of the machine hits all of them; in changing order, so that nobody always comes after the
    one who empties the processor's caches.
    """
    chance = random.Random(1)
    return [subject for _ in range(rounds) for subject in chance.sample(list(subjects), len(subjects))]


class Figures:
    """What the rounds gave, by subject: seconds, or whatever was counted."""

    def __init__(self, names: Iterable[str]):
        self._rounds: dict[str, list[float]] = {name: [] for name in names}

    def note(self, name: str, figure: float) -> None:
        """A subject's figure in its next round."""
        self._rounds[name].append(figure)

    def median(self, name: str) -> float:
        """A subject's median."""
        return statistics.median(self._rounds[name])

    def ratio(self, over: str, under: str) -> float:
        """The median of the rounds' ratios: a round in which the whole machine was slow counts like any other."""
        pairs = zip(self._rounds[over], self._rounds[under], strict=True)
        return statistics.median(first / second for first, second in pairs)

    def show(self) -> None:
        """One line a subject, seconds as microseconds."""
        for name in self._rounds:
            print(f"  {name.replace('_', ' '):<46} {self.median(name) * 1e6:>12,.1f} us")


async def in_turns(rounds: int, turn_s: float = 0, **subjects: Callable[[], Awaitable[object]]) -> Figures:
    """Seconds of each subject, after one turn of each that does not count.

    turn_s: how long a turn lasts at least; by default it is one call. More than that where subjects differ by orders of
    magnitude: else the quick are only ever measured with the processor's caches full of what the slow left behind.
    """
    figures = Figures(subjects)
    for subject in subjects.values():
        await _turn(subject, turn_s)
    for name in turns(rounds, list(subjects)):
        figures.note(name, await _turn(subjects[name], turn_s))
    return figures


async def _turn(subject: Callable[[], Awaitable[object]], turn_s: float) -> float:
    """Mean seconds of a subject in one turn."""
    calls = 0
    start = now = time.perf_counter()
    while not calls or now < start + turn_s:
        await subject()
        calls += 1
        now = time.perf_counter()
    return (now - start) / calls


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]
