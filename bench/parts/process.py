"""What a process costs, read from outside it. Linux."""

import time
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """Processor time of all its threads so far, those that have ended included: clock_getcpuclockid(3)."""
    return time.clock_gettime(~pid << 3 | 2)


def resident_mb(pid: int) -> float:
    """Resident memory in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f"process {pid} has ended")
