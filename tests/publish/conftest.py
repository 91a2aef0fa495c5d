"""A local Hub that speaks HTTP, and an adapter as it is staged for it."""

import pytest

from core.publish.staging import stage_files
from tests.hub_server import HubServer
from tests.publish.adapter_factory import write_adapter
from tests.publish.hub_process import TOKEN


@pytest.fixture
def hub():
    with HubServer() as server:
        server.add_account(TOKEN, "ada", orgs=("lab",))
        server.add_account("hf_readonly", "ada", role="read")
        yield server


@pytest.fixture
def staged(tmp_path):
    adapter = write_adapter(tmp_path / "adapter")
    stage_files(adapter, tmp_path / "staged", "---\nlibrary_name: peft\n---\n# Card\n", "embedded")
    return tmp_path / "staged"
