"""The requirement files name every package that is imported, and no other without a reason."""

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.test_layers import imports, modules, reached, use_cases

ROOT = Path(__file__).parents[1]
NEEDED_BY_OTHERS = {"accelerate"}
"""Imported nowhere, but pinned: transformers and peft, and Streamlit, work with this version."""
MAKERS_ONLY = {"playwright": "requirements-dev.txt", "catboost": "requirements-baselines.txt"}


def pins(name: str) -> dict[str, str]:
    """Package, as its name is compared -> version, of a requirement file itself."""
    lines = [line.strip() for line in (ROOT / name).read_text().splitlines()]
    pairs = [line.split("==") for line in lines if line and not line.startswith(("#", "-r"))]
    return {comparable(package): version for package, version in pairs}


def comparable(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def packages(names) -> set[str]:
    """The packages that imported modules come in, without the standard library and what is ours."""
    known, tops = packages_distributions(), {name.split(".")[0] for name in names}
    outside = tops - {"core", "app"} - sys.stdlib_module_names
    return {comparable(package) for top in outside for package in known.get(top, [top])}


def imported() -> set[str]:
    files = (modules("core") | modules("app")).values()
    return packages(name for path in files for name in imports(path))


def test_what_is_imported_is_declared():
    assert imported() - set(MAKERS_ONLY) <= set(pins("requirements.txt"))
    for package, file in MAKERS_ONLY.items():
        assert package in pins(file)


def test_what_the_app_reaches_without_a_job_is_in_the_demo():
    assert packages(reached([*modules("app"), *use_cases()])) <= set(pins("requirements-demo.txt"))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-demo.txt"])
def test_nothing_is_pinned_that_nobody_needs(name):
    assert set(pins(name)) - imported() <= NEEDED_BY_OTHERS


def test_the_demo_has_the_versions_of_the_whole():
    whole = pins("requirements.txt")
    assert {package: whole[package] for package in pins("requirements-demo.txt")} == pins(
        "requirements-demo.txt"
    )
