"""The lines of the card are legal; tests/cli/test_publish.py runs them against a pushed adapter."""

import ast

from core.cli.parser import build_parser
from core.publish import snippet


def test_the_python_is_legal_and_pins_a_version_that_is_given():
    ast.parse(snippet.python_code("ada/tea"))
    assert "snapshot_download('ada/tea')" in snippet.python_code("ada/tea")
    pinned = snippet.python_code("ada/tea", "abc")
    ast.parse(pinned)
    assert "snapshot_download('ada/tea', revision='abc')" in pinned


def test_the_command_is_one_the_command_line_understands():
    words = snippet.command_line("ada/tea").split()
    assert words[:3] == ["python", "-m", "core"]
    args = build_parser(words).parse_args(words[3:])
    assert (args.adapter, args.population, str(args.out)) == ("ada/tea", "people.csv", "answers.parquet")
