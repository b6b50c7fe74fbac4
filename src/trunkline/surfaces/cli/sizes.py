"""Sizes and lengths for people."""

_UNITS = ("B", "kB", "MB", "GB", "TB")


def shown(size: int) -> str:
    """`640 B`, `12 kB`, `3.4 MB`: powers of a thousand, as file managers count."""
    number = float(size)
    for unit in _UNITS:
        if number < 999.5 or unit == _UNITS[-1]:
            break
        number /= 1000
    digits = 1 if number < 9.95 and unit != "B" else 0
    return f"{number:.{digits}f} {unit}"


def duration(seconds: float) -> str:
    """`0:12`, `61:05`: minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def count(number: int, one: str, several: str | None = None) -> str:
    """`1 key`, `2 keys`."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
