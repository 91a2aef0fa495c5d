"""What the stand-in for the Hugging Face Hub answers to each request; see `tests.hub_server`."""

import base64
import hashlib
import json
import re
import socket
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import yaml
from huggingface_hub.repocard_data import model_index_to_eval_results

if TYPE_CHECKING:
    from tests.hub_server import HubServer


@dataclass
class Repo:
    """One repository: its files now, the number of commits, and what the files were at earlier ones."""

    private: bool
    files: dict[str, bytes] = field(default_factory=dict)
    commits: int = 0
    gated: bool = False
    card_data: dict[str, Any] = field(default_factory=dict)
    history: dict[str, dict[str, bytes]] = field(default_factory=dict)

    @property
    def sha(self) -> str:
        return hashlib.sha1(f"{self.commits}".encode()).hexdigest()

    def at(self, revision: str) -> tuple[str, dict[str, bytes]] | None:
        """Commit and files of a branch or commit; None if there is no such revision."""
        if revision in ("main", self.sha):
            return self.sha, self.files
        return (revision, self.history[revision]) if revision in self.history else None


class HubRequests(BaseHTTPRequestHandler):
    """One connection; `ROUTES` says which method answers which address."""

    hub: "HubServer"
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Keep the test output clean."""

    def do_GET(self) -> None:
        self._route("GET")

    def do_HEAD(self) -> None:
        self._route("HEAD")

    def do_POST(self) -> None:
        self._route("POST")

    def do_PUT(self) -> None:
        self._route("PUT")

    ROUTES = (
        ("GET", r"/api/whoami-v2", "whoami"),
        ("POST", r"/api/validate-yaml", "validate"),
        ("POST", r"/api/repos/create", "create"),
        ("POST", r"/api/models/(.+)/preupload/main", "preupload"),
        ("POST", r"/api/models/(.+)/commit/main", "commit"),
        ("GET", r"/api/models/(.+)/tree/([^/]+)", "tree"),
        ("GET", r"/api/models/(.+)/auth-check", "auth_check"),
        ("GET", r"/api/models/([^/]+/[^/]+)(?:/revision/([^/]+))?", "info"),
        ("POST", r"/(.+)\.git/info/lfs/objects/batch", "batch"),
        ("PUT", r"/lfs/([0-9a-f]{64})", "store"),
        ("GET|HEAD", r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", "download"),
    )

    def _route(self, method: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if self._is_cut(f"{method} {self.path}"):
            self.rfile.read1(max(1, length // 2))
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        self.body = self._chunked() if "chunked" in self.headers.get("Transfer-Encoding", "") else b""
        self.body = self.body or self.rfile.read(length)
        path = self.path.split("?")[0]
        self.hub.requests.append(f"{method} {path}")
        for methods, pattern, name in self.ROUTES:
            match = re.fullmatch(pattern, path)
            if match and method in methods.split("|"):
                return getattr(self, name)(*match.groups())
        return self._answer(404, {"error": "no such address"})

    def _is_cut(self, line: str) -> bool:
        for beginning, left in self.hub.cut.items():
            if line.startswith(beginning) and left > 0:
                self.hub.cut[beginning] -= 1
                self.hub.requests.append(f"CUT {line}")
                return True
        return False

    def _chunked(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _account(self) -> dict[str, Any] | None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return self.hub.accounts.get(token)

    def _answer(self, status: int, data: Any, **headers: str) -> None:
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _may(self, repo_id: str, write: bool = False) -> bool:
        """Whether this account may read or write; answers the request itself if not."""
        account, repo = self._account(), self.hub.repos.get(repo_id)
        owns = account is not None and repo_id.split("/")[0] in self._owners(account)
        if self.headers.get("Authorization") and account is None:
            self._answer(401, {"error": "Invalid credentials in Authorization header"})
        elif repo is None or (repo.private and not owns):
            self._answer(401, {"error": "Repository not found"}, X_Error_Code="RepoNotFound")
        elif write and not (owns and self._writes(account, repo_id)):
            self._answer(403, {"error": "this token cannot write"})
        else:
            return True
        return False

    @staticmethod
    def _writes(account: dict[str, Any], repo_id: str) -> bool:
        access = account["auth"]["accessToken"]
        scopes = access.get("fineGrained", {}).get("scoped", [])
        named = {s["entity"]["name"] for s in scopes if "repo.write" in s["permissions"]}
        return access["role"] == "write" or bool(named & {repo_id, repo_id.split("/")[0]})

    def whoami(self) -> None:
        account = self._account()
        if account is None:
            return self._answer(401, {"error": "Invalid user token."})
        return self._answer(200, account)

    def validate(self) -> None:
        """Check a card's header as the Hub does: YAML, known keys of the right kind, a sound model-index."""
        card = json.loads(self.body)["content"]
        errors = []
        try:
            header = yaml.safe_load(card.split("---\n")[1]) if card.startswith("---\n") else {}
            for key, kind in (("tags", list), ("metrics", list), ("license", str), ("library_name", str)):
                if key in header and not isinstance(header[key], kind):
                    errors.append({"message": f'"{key}" must be a {kind.__name__}'})
            if "model-index" in header:
                model_index_to_eval_results(header["model-index"])
        except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
            errors.append({"message": f"the metadata is not valid: {error}"})
        self._answer(400 if errors else 200, {"errors": errors, "warnings": []})

    def auth_check(self, repo_id: str) -> None:
        account = self._account() or {"name": None}
        if self._may(repo_id):
            if self.hub.repos[repo_id].gated and account["name"] not in self.hub.admitted:
                return self._answer(403, {"error": "access is restricted"}, X_Error_Code="GatedRepo")
            return self._answer(200, {})
        return None

    def create(self) -> None:
        account, asked = self._account(), json.loads(self.body)
        if account is None:
            return self._answer(401, {"error": "Invalid user token."})
        owner = asked.get("organization") or account["name"]
        repo_id = f"{owner}/{asked['name']}"
        if owner not in self._owners(account) or not self._writes(account, repo_id):
            return self._answer(403, {"error": "you cannot create a model here"})
        url = {"url": f"{self.hub.url}/{repo_id}", "name": repo_id, "id": repo_id}
        if repo_id in self.hub.repos:
            return self._answer(409, {"error": "You already created this model repo", **url})
        private = asked.get("private") or asked.get("visibility") == "private"
        self.hub.repos[repo_id] = Repo(private=bool(private))
        return self._answer(200, url)

    @staticmethod
    def _owners(account: dict[str, Any]) -> list[str]:
        return [account["name"], *(org["name"] for org in account["orgs"])]

    def info(self, repo_id: str, revision: str | None = None) -> None:
        if not self._may(repo_id):
            return
        repo = self.hub.repos[repo_id]
        found = repo.at(revision or "main")
        if found is None:
            return self._answer(404, {"error": "no such revision"}, X_Error_Code="RevisionNotFound")
        siblings = [{"rfilename": name, "size": len(data)} for name, data in sorted(found[1].items())]
        about = {"id": repo_id, "modelId": repo_id, "sha": found[0], "private": repo.private}
        about |= {"siblings": siblings, "tags": [], "downloads": 0}
        return self._answer(200, {**about, "gated": repo.gated and "manual", "cardData": repo.card_data})

    def tree(self, repo_id: str, revision: str) -> None:
        if self._may(repo_id):
            files = (self.hub.repos[repo_id].at(revision) or ("", {}))[1].items()
            self._answer(
                200,
                [
                    {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                    for name, data in sorted(files)
                ],
            )

    def preupload(self, repo_id: str) -> None:
        if self._may(repo_id, write=True):
            files = [
                {
                    "path": file["path"],
                    "uploadMode": "lfs" if file["path"].endswith(".safetensors") else "regular",
                    "shouldIgnore": False,
                }
                for file in json.loads(self.body)["files"]
            ]
            for file in files:
                if (data := self.hub.repos[repo_id].files.get(file["path"])) is not None:
                    file["oid"] = self._oid(data, file["uploadMode"])
            self._answer(200, {"files": files})

    @staticmethod
    def _oid(data: bytes, mode: str) -> str:
        """How Git names a file: of a large one the SHA-256, of another that of its blob."""
        if mode == "lfs":
            return hashlib.sha256(data).hexdigest()
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()

    def batch(self, repo_id: str) -> None:
        if self._may(repo_id, write=True):
            objects = []
            for wanted in json.loads(self.body)["objects"]:
                answer = {"oid": wanted["oid"], "size": wanted["size"]}
                if wanted["oid"] not in self.hub.objects:  # a known object has no "actions" at all
                    answer["actions"] = {
                        "upload": {"href": f"{self.hub.url}/lfs/{wanted['oid']}", "header": {}}
                    }
                objects.append(answer)
            self._answer(200, {"transfer": "basic", "objects": objects})

    def store(self, oid: str) -> None:
        if hashlib.sha256(self.body).hexdigest() != oid:
            return self._answer(400, {"error": "checksum differs"})
        self.hub.objects[oid] = self.body
        return self._answer(200, b"")

    def commit(self, repo_id: str) -> None:
        if not self._may(repo_id, write=True):
            return
        repo = self.hub.repos[repo_id]
        repo.history[repo.sha] = dict(repo.files)
        for line in self.body.splitlines():
            change = json.loads(line)
            value = change["value"]
            if change["key"] == "file":
                repo.files[value["path"]] = base64.b64decode(value["content"])
            if change["key"] == "lfsFile":
                repo.files[value["path"]] = self.hub.objects[value["oid"]]
        repo.commits += 1
        url = f"{self.hub.url}/{repo_id}/commit/{repo.sha}"
        self._answer(200, {"success": True, "commitOid": repo.sha, "commitUrl": url})

    def download(self, repo_id: str, revision: str, name: str) -> None:
        if not self._may(repo_id):
            return
        account = self._account() or {"name": None}
        if self.hub.repos[repo_id].gated and account["name"] not in self.hub.admitted:
            return self._answer(403, {"error": "access is restricted"}, X_Error_Code="GatedRepo")
        commit, files = self.hub.repos[repo_id].at(revision) or ("", {})
        if name not in files:
            return self._answer(404, {"error": "no such file"}, X_Error_Code="EntryNotFound")
        data = files[name]
        etag = f'"{hashlib.sha256(data).hexdigest()}"'
        return self._answer(200, data, ETag=etag, X_Repo_Commit=commit)
