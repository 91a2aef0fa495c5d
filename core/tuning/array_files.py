"""Files of a nested dataclass of arrays: safetensors, and texts and numbers as JSON; never pickle."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import numpy as np
from safetensors.numpy import load, save

from core.store.files import read_json, write_bytes, write_json


def write_arrays(value: Any, folder: Path, name: str) -> None:
    """Write a dataclass as `name`.safetensors and `name`.json into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    leaves = dict(_leaves(value, ""))
    arrays = {k: np.ascontiguousarray(v) for k, v in leaves.items() if isinstance(v, np.ndarray)}
    write_bytes(folder / f"{name}.safetensors", save(arrays))
    write_json(folder / f"{name}.json", {k: v for k, v in leaves.items() if k not in arrays})


def read_arrays(kind: type, folder: Path, name: str) -> Any:
    """Read a dataclass that `write_arrays` wrote; every array as it was, to the last bit."""
    known = {**load((folder / f"{name}.safetensors").read_bytes()), **read_json(folder / f"{name}.json")}
    return _built(kind, "", known)


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Arrays, texts and numbers inside, by their path; a tuple also tells its length."""
    if is_dataclass(value):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name), f"{name}.{field.name}".lstrip("."))
    elif isinstance(value, tuple):
        yield f"{name}.length", len(value)
        for place, part in enumerate(value):
            yield from _leaves(part, f"{name}.{place}")
    else:
        yield name, value


def _built(kind: Any, name: str, known: Mapping[str, Any]) -> Any:
    """Value of type `kind` from the leaves below `name`."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(
            **{f.name: _built(hints[f.name], f"{name}.{f.name}".lstrip("."), known) for f in fields(kind)}
        )
    if get_origin(kind) is tuple:
        return tuple(_built(get_args(kind)[0], f"{name}.{k}", known) for k in range(known[f"{name}.length"]))
    return known[name]
