"""The documents are true: every command and package is in them, and what they link to is there."""

import argparse
import re
from pathlib import Path

import pytest

from core.cli.parser import ENTRIES, build_parser

ROOT = Path(__file__).parents[1]
README, COMMANDS, MAP = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "core/cli/README.md", "core/README.md")
)


def commands():
    (names,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    return names.choices


@pytest.mark.parametrize("name", ENTRIES)
def test_every_command_is_documented(name):
    assert re.search(rf"`{name}\b", COMMANDS)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_command_explains_itself_in_one_sentence_where_it_is_listed_and_where_it_is_made(name):
    assert re.fullmatch(r"[A-Z].*\.", ENTRIES[name].help)
    assert ENTRIES[name].load(name).run.__doc__.splitlines()[0] == ENTRIES[name].help


def test_a_command_that_is_not_typed_is_not_loaded():
    (names,) = (a for a in build_parser(["jobs"])._actions if isinstance(a, argparse._SubParsersAction))
    assert names.choices["jobs"].get_default("run") is not None
    assert names.choices["tune"].get_default("run") is None


def test_commands_of_the_readme_are_understood():
    lines = re.findall(r"^python -m core (\S[^#\n]*)", README, re.M)
    assert len(lines) >= 7
    for line in lines:
        assert build_parser().parse_args(line.split()).run


def test_every_package_is_in_the_map():
    packages = {p.parent.name for p in (ROOT / "core").glob("*/__init__.py")}
    assert {name for name in packages if f"{name}/" not in MAP} == set()


@pytest.mark.parametrize("document", ["README.md", "core/README.md", "core/cli/README.md"])
def test_what_a_document_links_to_is_there(document):
    folder = (ROOT / document).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / document).read_text(encoding="utf-8"))
    assert [link for link in links if not (folder / link).exists()] == []


def test_the_readme_is_read_in_one_sitting():
    assert len(README.splitlines()) <= 200


def test_the_two_commands_are_the_ones_that_are_promised():
    assert "pip install -r requirements.txt && streamlit run app/main.py" in README
    assert "pip install -r requirements-dev.txt && pytest" in README
