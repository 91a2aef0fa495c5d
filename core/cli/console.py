"""Console output: progress on stderr, results on stdout, one JSON line at the end.

Progress is a single line that rewrites itself on a terminal, and one line every few seconds
elsewhere (logs, CI). Nothing here knows what the commands do.
"""

import json
import math
import sys
import time
from typing import Any, TextIO

from core.jobs.status import JobStatus

QUIET_SECONDS = 5.0
"""Seconds between two lines of progress when stderr is not a terminal."""


class Console:
    """Output of one command; `json_wanted` keeps stdout free for the JSON line."""

    def __init__(self, json_wanted: bool = False) -> None:
        self.json_wanted = json_wanted
        self._line = ""
        self._written = 0.0

    def say(self, text: str) -> None:
        """Write a line for people: to stdout, or to stderr when stdout is for JSON."""
        self.clear()
        _write(sys.stderr if self.json_wanted else sys.stdout, text + "\n")

    def note(self, text: str) -> None:
        """Write a line about what is going on to stderr."""
        self.clear()
        _write(sys.stderr, text + "\n")

    def progress(self, status: JobStatus) -> None:
        """Show a job's progress and the time left."""
        line = progress_line(status)
        if sys.stderr.isatty():
            _write(sys.stderr, "\r\033[K" + line)
            self._line = line
        elif line != self._line and time.monotonic() - self._written >= QUIET_SECONDS:
            _write(sys.stderr, line + "\n")
            self._line, self._written = line, time.monotonic()

    def clear(self) -> None:
        """Remove a half-written progress line from the terminal."""
        if self._line and sys.stderr.isatty():
            _write(sys.stderr, "\r\033[K")
        self._line = ""

    def result(self, data: dict[str, Any]) -> None:
        """Write the JSON line, if it was asked for."""
        if self.json_wanted:
            _write(sys.stdout, to_json(data) + "\n")


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def progress_line(status: JobStatus) -> str:
    """Line about a job: title, state, progress, time left and message.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> progress_line(SimpleNamespace(title="Tune on Tea", state="running", step=5, total=20, fraction=0.25,
    ...                               eta_seconds=75.0, message="learning"))
    'Tune on Tea: running, 25 %, step 5 of 20, about 1 min 15 s left, learning'
    """
    parts = [f"{status.title}: {status.state}"]
    if status.total:
        parts += [f"{100 * status.fraction:.0f} %", f"step {status.step} of {status.total}"]
    if status.eta_seconds is not None:
        parts.append(f"about {duration(status.eta_seconds)} left")
    if status.message:
        parts.append(status.message)
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Duration in words.

    Examples
    --------
    >>> duration(3.4), duration(75), duration(3720)
    ('3 s', '1 min 15 s', '1 h 2 min')
    """
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def to_json(data: object, indent: int | None = None) -> str:
    """JSON text; numbers that are not finite become null, numpy values become plain ones.

    Examples
    --------
    >>> import numpy as np
    >>> to_json({"kl": np.float64(0.5), "rmse": float("nan"), "n": np.int64(3)})
    '{"kl": 0.5, "rmse": null, "n": 3}'
    """
    return json.dumps(_plain(data), ensure_ascii=False, indent=indent)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if hasattr(value, "tolist"):  # a numpy array or number, recognised without loading numpy
        return _plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)


def table(rows: list[list[str]], header: list[str]) -> str:
    """Text table of `rows` under `header`: the first column aligned left, the others right.

    Examples
    --------
    >>> print(table([["tea", "0.5"], ["coffee", "12"]], ["drink", "n"]))
    drink     n
    tea     0.5
    coffee   12
    """
    lines = [header, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]

    def text(line: list[str]) -> str:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        return "  ".join(cells).rstrip()

    return "\n".join(text(line) for line in lines)


def short(value: object) -> str:
    """Text of a value in a table: floats with four significant digits, nothing for None.

    >>> short(0.123456), short(None), short("quick")
    ('0.1235', '', 'quick')
    """
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
