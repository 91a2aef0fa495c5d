"""The layout keeps its promises: imports run one way, and neither the app nor the studio loads a model."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = (
    "errors settings store jobs survey prompts models pretraining tuning population simulation comparison "
    "report publish populations experiments teaching finished results opening mixing deliverables sharing "
    "adapters surveys simulating demo studio bench cli __main__"
).split()
WORKER_ONLY = {"torch", "transformers", "peft", "bitsandbytes", "accelerate"}
# plain numbers about answers, needed by the packages before simulation too
ANYWHERE = {"core.simulation.scores", "core.models.temperature"}


def modules(folder: str) -> dict[str, Path]:
    """Dotted name -> file."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module a file imports anywhere in it, other than for type hints only."""
    found = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(found)


def reached(starts: list[str]) -> dict[str, str]:
    """Everything imported from these modules, directly or not -> the module that imports it."""
    own = modules("core") | modules("app")
    why, waiting = dict.fromkeys(starts, "start"), list(starts)
    while waiting:
        name = waiting.pop()
        for imported in imports(own[name]) if name in own else ():
            if imported not in why:
                why[imported] = name
                waiting.append(imported)
    return why


@pytest.mark.parametrize("name", [n for n in modules("core") if n != "core"])
def test_core_imports_run_one_way(name):
    place = ORDER.index(name.split(".")[1])
    later = {
        imported
        for imported in imports(modules("core")[name])
        if imported.startswith("core.")
        and not any(imported.startswith(allowed) for allowed in ANYWHERE)
        and ORDER.index(imported.split(".")[1]) > place
    }
    assert not later


def test_every_package_of_core_has_a_place_in_the_order():
    assert {n.split(".")[1] for n in modules("core") if n != "core"} <= set(ORDER)


@pytest.mark.parametrize("name", modules("core"))
def test_core_never_imports_streamlit_or_the_app(name):
    assert not {i for i in imports(modules("core")[name]) if i.split(".")[0] in ("streamlit", "app")}


def test_nothing_the_app_or_the_command_line_reaches_imports_the_model_stack():
    why = reached([*modules("app"), "core.studio", "core.cli.main"])
    assert not {name: by for name, by in why.items() if name.split(".")[0] in WORKER_ONLY}


def test_studio_and_command_line_load_without_torch():
    code = "import sys, core.studio, core.cli.main; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert not WORKER_ONLY & set(done.stdout.split())
    assert not {"streamlit", "altair"} & set(done.stdout.split())


def test_only_the_studio_is_called_by_the_views():
    """Views may name data classes of the core; what does something goes through the studio."""
    forbidden = ("core.store", "core.jobs.process", "core.jobs.reporting")
    for name, path in modules("app").items():
        if name.startswith("app.views"):
            assert not {i for i in imports(path) if i.startswith(forbidden)}, name


def test_packages_have_empty_init_files():
    assert not [p for p in ROOT.glob("core/**/__init__.py") if p.read_text().strip()]
