"""The layout keeps its promises: imports run one way, and neither the app nor the studio loads a model."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = (
    "errors settings store jobs survey prompts models tuning population simulation comparison experiments "
    "results report publish studio lab cli __main__"
).split()
WORKER_ONLY = {"torch", "transformers", "peft", "bitsandbytes", "accelerate"}
# plain numbers about answers, needed by the packages before simulation too
ANYWHERE = {"core.simulation.scores", "core.models.temperature"}

APP_MAY_NAME = (
    # choices and plain data that a form makes or shows
    "core.comparison.accuracy core.comparison.significance core.errors core.jobs.kind core.models.catalogue "
    "core.population.diagnosis core.population.drawing core.population.mapping core.population.marginals "
    "core.population.new_variables core.population.plan core.population.screening core.population.totals "
    "core.results.readout core.settings core.survey.codebook core.survey.quality.flag core.survey.shares "
    "core.survey.readers.choices core.survey.readers.delimited core.survey.readers.encoding "
    "core.survey.readers.file_format core.tuning.recipe core.tuning.run_figures "
    # charts, tables and sentences
    "core.report.charts core.report.figures_table core.report.judging core.report.pyramid "
    "core.report.failure_pattern core.report.structure_tables core.report.tables core.report.table_notes "
    "core.report.tables_html core.report.verdicts"
).split()


def modules(folder: str) -> dict[str, Path]:
    """Dotted name -> file."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


PACKAGES = {n for n, path in modules("core").items() if path.name == "__init__.py"}


@cache
def imports(path: Path, for_types: bool = False) -> frozenset[str]:
    """Every module a file imports anywhere in it, with those for type hints only when asked for."""
    found = set()

    def visit(node: ast.AST) -> None:
        if not for_types and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
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


def use_cases() -> list[str]:
    """Every module of the studio and of the command line but the makers' own."""
    return [n for n in [*modules("core/studio"), *modules("core/cli")] if n != "core.cli.bench"]


def test_nothing_the_app_or_the_command_line_reaches_imports_the_model_stack():
    why = reached([*modules("app"), *use_cases()])
    assert not {name: by for name, by in why.items() if name.split(".")[0] in WORKER_ONLY}


def test_the_makers_tools_may_be_left_out():
    why = reached([*modules("app"), *use_cases(), "core.__main__"])
    assert not {name: by for name, by in why.items() if name.startswith("core.lab")}


def test_studio_and_command_line_load_without_torch():
    code = f"import sys, {', '.join(use_cases())}; print(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert not WORKER_ONLY & set(done.stdout.split())
    assert not {"streamlit", "altair"} & set(done.stdout.split())


def test_help_loads_neither_the_model_stack_nor_the_data_stack():
    code = (
        "import sys; from core.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print('|', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    loaded = {name.split(".")[0] for name in done.stdout.split("|")[1].split()}
    assert not loaded & (WORKER_ONLY | {"numpy", "pandas", "pyarrow", "duckdb", "huggingface_hub"})


@pytest.mark.parametrize("name", modules("app"))
def test_the_app_names_only_these_modules_of_the_core(name):
    """Views and widgets call use cases; beside them they name plain data and what is drawn."""
    named = {
        imported
        for imported in imports(modules("app")[name])
        if imported in modules("core") and imported not in PACKAGES
    }
    assert not {n for n in named if n not in APP_MAY_NAME and not n.startswith("core.studio.")}


def test_every_module_the_app_may_name_is_named_by_it():
    named = set().union(*(imports(path) for path in modules("app").values()))
    assert set(APP_MAY_NAME) <= named


def test_no_module_imports_itself_over_others():
    """Not even for a type hint: then a type or a constant is in the wrong house."""
    own = modules("core") | modules("app")
    graph = {name: imports(path, for_types=True) & own.keys() for name, path in own.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_pages_do_not_wait_for_scikit_learn():
    assert "sklearn" not in {name.split(".")[0] for name in reached([*modules("app"), "core.studio"])}


def test_packages_have_empty_init_files():
    assert not [p for p in ROOT.glob("core/**/__init__.py") if p.read_text().strip()]
