"""Every command is where the parser says, and its help is its own first sentence."""

import inspect

import pytest

from core.cli.parser import ENTRIES, build_parser


@pytest.mark.parametrize("name", ENTRIES)
def test_a_commands_help_is_the_first_sentence_of_its_function(name):
    command = ENTRIES[name].load(name)
    assert inspect.getdoc(command.run).split("\n")[0] == ENTRIES[name].help


def test_every_command_a_module_has_is_listed_for_it():
    listed = {(entry.module, name) for name, entry in ENTRIES.items()}
    loaded = {(entry.module, other) for entry in ENTRIES.values() for other in commands(entry.module)}
    assert loaded == listed


def commands(module):
    return __import__(f"core.cli.{module}", fromlist=["COMMANDS"]).COMMANDS


def test_only_a_typed_command_gets_its_options():
    assert build_parser(["jobs"]).parse_args(["jobs"]).run is commands("jobs")["jobs"].run
    assert not hasattr(build_parser([]).parse_args(["jobs"]), "run")
