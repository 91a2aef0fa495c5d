"""Base models of the Hugging Face Hub: lookup in the local cache, and download as a job.

Only safetensors weights, configuration and tokenizer are fetched, never a pickle and never code. The
commit is looked up once and recorded, so a run can be repeated with the same weights. Files go to the
Hub's usual cache, where transformers finds them; a cancelled download goes on where it stopped.

python -m core.models.download JOB_FOLDER
"""

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import HubError, ModelError
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.jobs.reporting import Reporter, run_worker
from core.models.catalogue import BaseModel, find_base
from core.models.shape import Shape
from core.settings import hub_token
from core.store.files import read_json

WORKER = "core.models.download"
_WANTED = re.compile(r"[^/]+\.(safetensors|json|model|txt|jinja)")
_DOUBLES = re.compile(r"consolidated.*|.*training_args.*")
"""Files that repeat the weights in another format, and settings of a training run."""


def local_folder(base: BaseModel) -> Path | None:
    """Folder of the model on this machine; None when it has to be downloaded first."""
    if base.is_local:
        return Path(base.location)
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(base.id, "config.json", revision=base.revision)
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    return folder if _is_whole(folder) else None


def pinned(name: str) -> str:
    """Name with the commit in the local cache, ``owner/model@commit``; unchanged without one.

    >>> pinned("embedded")
    'embedded'
    """
    base = find_base(name)
    folder = None if base.is_local else local_folder(base)
    return name if folder is None else f"{base.id}@{folder.name}"  # snapshots are named by their commit


def shape_of(base: BaseModel) -> Shape | None:
    """Shape of a model on this machine; None for one that is not downloaded."""
    folder = local_folder(base)
    return Shape.of_config(read_json(folder / "config.json"), where=base.id) if folder else None


def prepare_download(jobs_folder: Path, name: str) -> JobFolder:
    """Job folder of a download, new and queued; start it with module `WORKER`.

    Raises
    ------
    ModelError
        If the name is not that of a Hub model.
    """
    base = find_base(name)
    if base.is_local:
        raise ModelError("This model is on this machine already.", got=base.id)
    return JobFolder.create(jobs_folder, JobKind.DOWNLOAD, f"Download of {base.id}", {"base": name})


def main(folder: JobFolder, reporter: Reporter) -> dict[str, Any]:
    """Download the model; returns the content of `outputs/result.json`."""
    from huggingface_hub import HfApi, hf_hub_download

    base = find_base(folder.spec()["base"])
    token = hub_token()
    reporter.progress(0, 0, "Asking the Hub")
    with hub_errors(base.id):
        info = HfApi(token=token or False).model_info(base.id, revision=base.revision, files_metadata=True)
        files = {s.rfilename: s.size or 0 for s in info.siblings or [] if _is_wanted(s.rfilename)}
        _check(base, files, {s.rfilename for s in info.siblings or []})
        total, done = sum(files.values()), 0
        _check_space(base, total)
        # small files first, so that a refused request fails early
        for name, size in sorted(files.items(), key=lambda entry: entry[1]):
            bar = _progress_bar(reporter, done, total, name)
            hf_hub_download(base.id, name, revision=info.sha, token=token or False, tqdm_class=bar)
            done += size
            reporter.check()
            reporter.progress(done, total, f"Fetched {name}")
        # asked by the revision's name, which notes in the cache which commit it is
        hf_hub_download(base.id, "config.json", revision=base.revision, token=token or False)
    fetched = local_folder(BaseModel(base.id, base.id, info.sha))
    assert fetched is not None, "just downloaded"
    shape = Shape.of_config(read_json(fetched / "config.json"))
    return {"id": base.id, "revision": info.sha, "bytes": total, "parameters": shape.parameters}


@contextmanager
def hub_errors(model_id: str) -> Iterator[None]:
    """Context in which errors of the Hub client become messages for the user.

    Raises
    ------
    HubError
        In place of an error of the Hub client.
    """
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError:
        raise HubError(
            "The owner of this model asks you to accept conditions first.",
            where=model_id,
            fix="Open its page on the Hub, accept the conditions, create a token that can read, and start "
            "Understudy with it in HF_TOKEN.",
        ) from None
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError):
        raise HubError(
            "The Hub has no such model or revision, or it is private.",
            where=model_id,
            fix="Check the spelling; for a private model set HF_TOKEN to a token that can read it.",
        ) from None
    except errors.LocalEntryNotFoundError:
        raise _unreachable(model_id) from None
    except errors.HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else "no answer"
        raise HubError(
            "The Hub refused the request.",
            where=model_id,
            got=f"HTTP status {status}",
            fix="Try again later.",
        ) from None
    except (httpx2.HTTPError, errors.OfflineModeIsEnabled, ConnectionError, TimeoutError):
        raise _unreachable(model_id) from None


def _unreachable(model_id: str) -> HubError:
    return HubError(
        "The Hub could not be reached.",
        where=model_id,
        fix="Check the network connection and start again; what was fetched is kept.",
    )


def _is_wanted(name: str) -> bool:
    return bool(_WANTED.fullmatch(name)) and not _DOUBLES.fullmatch(name)


def _check(base: BaseModel, files: dict[str, int], everything: set[str]) -> None:
    if "config.json" not in files:
        raise ModelError("This repository holds no model.", where=base.id, fix="It needs a config.json.")
    if any(name.endswith(".safetensors") for name in files):
        return
    pickled = sorted(name for name in everything if name.endswith((".bin", ".pt", ".pth")))
    raise ModelError(
        "This model is not published as safetensors; other files may run code when they are opened.",
        where=base.id,
        got=", ".join(pickled[:3]) or "no weights",
        fix="Choose another model, or ask its owner to convert it.",
    )


def _check_space(base: BaseModel, size: int) -> None:
    from huggingface_hub.constants import HF_HUB_CACHE

    folder = Path(HF_HUB_CACHE)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < 1.05 * size:
        raise ModelError(
            "There is not enough space on the disk for this model.",
            where=base.id,
            got=f"{size / 1e9:.1f} GB to fetch, {free / 1e9:.1f} GB free",
            fix="Free some space, or set HF_HOME to a folder on a larger disk.",
        )


def _is_whole(folder: Path) -> bool:
    """Whether all weights of a cached model are in its folder."""
    index = folder / "model.safetensors.index.json"
    if index.exists():
        return all((folder / name).exists() for name in set(read_json(index)["weight_map"].values()))
    return (folder / "model.safetensors").exists()


def _progress_bar(reporter: Reporter, before: int, total: int, name: str) -> type:
    """Class of progress bars that report to the job instead of drawing, and raise when it is cancelled."""
    from tqdm import tqdm

    class Bar(tqdm):
        def __init__(self, *args: Any, **options: Any) -> None:
            options.pop("name", None)
            super().__init__(*args, **options | {"disable": False, "file": _Nowhere()})

        def update(self, n: float | None = 1) -> bool | None:
            result = super().update(n)
            reporter.check()
            reporter.progress(int(before + self.n), total, f"Fetching {name}")
            return result

    return Bar


class _Nowhere:
    def write(self, text: str) -> None:
        """Discard the text of a progress bar."""

    def flush(self) -> None:
        """Nothing to do."""


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1], main))
