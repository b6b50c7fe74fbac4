"""What is new in the words of a step that comes again by itself, where the earlier ones stay: in a file or a pipe."""

import re

_BETWEEN = re.compile(r"(?<=[.!?])\s+")
_PROGRESS = re.compile(r"\b(\d+) of (\d+)\b")


class News:
    """Says each sentence of a step once, and how far something is ("12 of 64") at each quarter."""

    def __init__(self) -> None:
        self._step_id: str | None = None
        self._said: set[str] = set()
        self._quarter = 0

    def of(self, step_id: str, text: str) -> str:
        """The part of the text to be said now; empty where nothing is new."""
        if step_id != self._step_id:
            self._step_id, self._said, self._quarter = step_id, set(), 0
        fresh = [each for each in _BETWEEN.split(text) if each not in self._said and not self._is_between_quarters(each)]
        self._said.update(fresh)
        return " ".join(fresh)

    def _is_between_quarters(self, sentence: str) -> bool:
        found = _PROGRESS.search(sentence)
        if found is None or int(found[2]) == 0:
            return False
        quarter = 4 * int(found[1]) // int(found[2])
        if quarter <= self._quarter:
            return True
        self._quarter = quarter
        return False
