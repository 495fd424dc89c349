"""How much memory did this process hold at most?"""

from __future__ import annotations

from pathlib import Path


def peak_megabytes() -> float:
    """As Linux counts it; `getrusage` would count the parent's as well, from before the program was loaded."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
