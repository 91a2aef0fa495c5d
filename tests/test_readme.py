"""The README is true: every command is in it, and its file tree is the files there are."""

import argparse
import re
from pathlib import Path

import pytest

from core.cli.parser import build_parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands():
    (names,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    return names.choices


def listed_files():
    """Paths of the README's tree: two spaces of indentation per folder, folders end with a slash."""
    tree = next(block for block in re.findall(r"```\n(.*?)```", README, re.S) if "core/" in block)
    folders, found = [], []
    for line in tree.splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        folders[depth:] = [name]
        found += [] if name.endswith("/") else ["".join(folders)]
    return found


@pytest.mark.parametrize("name", commands())
def test_every_command_is_documented(name):
    assert re.search(rf"`{name}\b", README)


@pytest.mark.parametrize("name", commands())
def test_every_command_explains_itself_in_one_sentence(name):
    assert re.fullmatch(r"[A-Z].*\.", commands()[name].description)


def test_the_file_tree_names_files_that_exist():
    assert [name for name in listed_files() if not (ROOT / name).is_file()] == []


def test_the_file_tree_names_every_module():
    modules = [
        p for folder in ("app", "core") for p in (ROOT / folder).rglob("*.py") if p.read_text().strip()
    ]
    assert {str(p.relative_to(ROOT)) for p in modules} - set(listed_files()) == set()


def test_the_two_commands_are_the_ones_that_are_promised():
    assert "pip install -r requirements.txt && streamlit run app/main.py" in README
    assert "pip install -r requirements-dev.txt && pytest" in README
