"""A small Hugging Face Hub on this machine, for tests that push and pull over real HTTP.

It speaks just the part of the protocol that `huggingface_hub` uses for a model repository: whoami,
create, model info, gating, card check, preupload, Git LFS, commit, file download and listing. Every version
stays readable under its commit. `cut` makes it drop a connection in the middle of what is being sent.
Set `HF_ENDPOINT` to `HubServer.url` and `HF_HUB_DISABLE_XET=1` *before* `huggingface_hub` is imported, so
in a subprocess.
"""

import threading
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from tests.hub_requests import HubRequests, Repo


@dataclass
class HubServer:
    """State of the server; use it as a context manager.

    `accounts` maps a token to its `whoami` answer; `requests` lists "METHOD path" in order. `cut` maps the
    beginning of such a line to how many requests of that kind lose their connection half-way. `admitted`
    are the accounts that accepted the terms of gated repositories.
    """

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    repos: dict[str, Repo] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    cut: dict[str, int] = field(default_factory=dict)
    admitted: set[str] = field(default_factory=set)
    url: str = ""

    def add_account(
        self,
        token: str,
        name: str,
        role: str = "write",
        orgs: tuple[str, ...] = (),
        scoped: dict[str, list[str]] | None = None,
        roles: dict[str, str] | None = None,
    ) -> None:
        """Register a token; `scoped` makes it fine-grained, `roles` are those in organisations."""
        access: dict[str, Any] = {"displayName": "test", "role": "fineGrained" if scoped else role}
        if scoped:
            scopes = [{"entity": {"name": n, "type": "user"}, "permissions": p} for n, p in scoped.items()]
            access["fineGrained"] = {"canReadGatedRepos": False, "global": [], "scoped": scopes}
        self.accounts[token] = {
            "type": "user",
            "name": name,
            "orgs": [{"name": org, "roleInOrg": (roles or {}).get(org, "write")} for org in orgs],
            "auth": {"type": "access_token", "accessToken": access},
        }

    def __enter__(self) -> "HubServer":
        handler = type("Handler", (HubRequests,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)
