"""Small files that are either wholly there or not there at all.

A file is written beside its place and then renamed over it, so that a reader never sees half of
it, whoever is killed and whenever. The cost is one `fsync` per write (about 2 ms).
"""

import json
import os
import shutil
import time
import uuid
from pathlib import Path
from typing import Any


def write_bytes(path: Path, content: bytes) -> None:
    """Replace the file at `path` by `content` in one step."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _rename_over(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Replace the file at `path` by `value` as JSON; NumPy numbers and arrays are allowed."""
    write_bytes(path, to_json(value, indent=1).encode("utf-8"))


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not JSON.
    """
    return json.loads(path.read_bytes())


def to_json(value: Any, indent: int | None = None) -> str:
    """JSON text of `value`; NumPy numbers and arrays become plain ones, other objects their text.

    Examples
    --------
    >>> import numpy as np
    >>> to_json({"share": np.float64(0.25), "counts": np.array([3, 1])})
    '{"share": 0.25, "counts": [3, 1]}'
    """
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)


def remove_folder(folder: Path) -> None:
    """Remove a folder; it disappears from its parent in one step, however long the rest takes."""
    doomed = folder.with_name(f".deleted-{uuid.uuid4().hex[:8]}")
    try:
        folder.rename(doomed)
    except FileNotFoundError:
        return
    shutil.rmtree(doomed, ignore_errors=True)


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _rename_over(source: Path, target: Path) -> None:
    # Windows refuses the rename for a moment while another process reads the target
    for wait in (0.02, 0.1, 0.5):
        try:
            source.replace(target)
            return
        except PermissionError:
            time.sleep(wait)
    source.replace(target)
