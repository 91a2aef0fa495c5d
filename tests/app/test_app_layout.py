"""Properties of the app as a whole: what it imports, and what its files may contain."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "transformers", "peft", "bitsandbytes", "accelerate", "scipy.optimize", "scipy.stats")
MODULES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for path in (ROOT / "app").rglob("*.py")
    if path.name not in ("__init__.py", "main.py") and path.parent.name != "views"
)
VIEWS = sorted((ROOT / "app" / "views").glob("[a-z]*.py"))


def test_importing_the_app_imports_neither_torch_nor_slow_parts_of_scipy():
    code = f"import sys\nimport {', '.join(MODULES)}\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("view", VIEWS, ids=lambda path: path.stem)
def test_a_view_is_short_and_leaves_the_work_to_others(view):
    text = view.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    assert not re.search(r"^\s*(import|from) (pandas|numpy|duckdb|torch|json)", text, re.MULTILINE)
    assert "unsafe_allow_html" not in text


def test_the_page_folder_is_not_called_pages():
    assert not (ROOT / "app" / "pages").exists()


def test_widget_keys_are_all_different():
    from app.session import Key

    values = [key.value for key in Key.__members__.values()]
    assert len(values) == len(Key.__members__) == len(set(values))
