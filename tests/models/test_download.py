"""Base models fetched over real HTTP from the local Hub server, by the real job in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import ModelError
from core.jobs.folder import JobFolder
from core.jobs.status import JobState
from core.models.catalogue import EMBEDDED_FOLDER
from core.models.download import WORKER, prepare_download
from tests.hub_server import HubServer, Repo

ROOT = Path(__file__).parents[2]
FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")


def embedded_files():
    return {name: (EMBEDDED_FOLDER / name).read_bytes() for name in FILES}


@pytest.fixture
def hub():
    with HubServer() as server:
        more = {"pytorch_model.bin": b"x" * 100, "original/consolidated.00.pth": b"x", "run.py": b"boom()"}
        server.repos["lab/survey-model"] = Repo(private=False, files=embedded_files() | more)
        yield server


def environment(hub, tmp_path):
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "OMP_NUM_THREADS")}
    return kept | {
        "HF_ENDPOINT": hub.url,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "TOKENIZERS_PARALLELISM": "false",
    }


def download(hub, tmp_path, name="lab/survey-model") -> JobFolder:
    folder = prepare_download(tmp_path / "jobs", name)
    subprocess.run(
        [sys.executable, "-m", WORKER, str(folder.path)],
        cwd=ROOT, env=environment(hub, tmp_path), capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    return folder


def ask(hub, tmp_path, code):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=environment(hub, tmp_path), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_a_download_fetches_weights_and_tokenizer_only_and_pins_the_commit(hub, tmp_path):
    folder = download(hub, tmp_path)
    assert folder.status().state is JobState.DONE, folder.log_tail()
    sha = hub.repos["lab/survey-model"].sha
    size = sum(len(content) for content in embedded_files().values())
    result = folder.result()
    assert (result["id"], result["revision"], result["bytes"]) == ("lab/survey-model", sha, size)
    assert folder.status().total == size
    fetched = {
        path.rsplit("/", 1)[1] for path in hub.requests if path.startswith("GET") and "resolve" in path
    }
    assert fetched == set(FILES)
    code = (
        "from core.models.download import pinned, shape_of; from core.models.catalogue import find_base\n"
        "print(pinned('lab/survey-model'), shape_of(find_base('lab/survey-model')).layers)"
    )
    assert ask(hub, tmp_path, code) == f"lab/survey-model@{sha} 2"


def test_a_downloaded_model_loads_without_the_hub_and_names_its_revision(hub, tmp_path):
    download(hub, tmp_path)
    hub.requests.clear()
    code = (
        "from core.models.loading import load_base\nloaded = load_base('lab/survey-model', 'qlora')\n"
        "print(loaded.base.id, loaded.base.revision, loaded.quantisation)"
    )
    assert ask(hub, tmp_path, code) == f"lab/survey-model {hub.repos['lab/survey-model'].sha} nf4 double"
    assert hub.requests == []


def test_a_model_without_safetensors_is_refused_before_anything_is_fetched(hub, tmp_path):
    files = {"config.json": b"{}", "pytorch_model.bin": b"\x80pickle"}
    hub.repos["lab/survey-model"] = Repo(private=False, files=files)
    status = download(hub, tmp_path).status()
    assert status.state is JobState.FAILED
    assert "not published as safetensors" in status.error and "pytorch_model.bin" in status.error
    assert not [r for r in hub.requests if "resolve" in r]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"gated": True}, "accept conditions first"),
        ({"private": True}, "no such model or revision, or it is private"),
    ],
)
def test_a_closed_model_is_explained(hub, tmp_path, change, words):
    for name, value in change.items():
        setattr(hub.repos["lab/survey-model"], name, value)
    status = download(hub, tmp_path).status()
    assert status.state is JobState.FAILED and words in status.error


def test_what_lies_on_this_machine_needs_no_download(tmp_path):
    with pytest.raises(ModelError, match="on this machine already"):
        prepare_download(tmp_path, "embedded")
