"""Options become a recipe: what is not given follows the preset."""

import argparse

import pytest

from core.cli.recipe import add_recipe, read_recipe
from core.tuning.presets import preset_recipe
from core.tuning.recipe import Recipe


def recipe(*typed):
    parser = argparse.ArgumentParser()
    add_recipe(parser)
    return read_recipe(parser.parse_args(list(map(str, typed))))


def test_without_options_it_is_the_standard_preset():
    assert recipe() == preset_recipe("standard")
    assert recipe("--preset", "quick") == preset_recipe("quick")


def test_what_is_given_replaces_the_presets_setting_alone():
    found, plain = recipe("--rank", 4, "--dora", "--hold-out-questions", "tea, cups,"), recipe()
    assert (found.rank, found.dora, found.hold_out_questions) == (4, True, ("tea", "cups"))
    changed = {k for k, v in found.to_dict().items() if v != plain.to_dict()[k]}
    assert changed == {"rank", "dora", "hold_out_questions"}


def test_there_is_no_time_limit_unless_one_is_given():
    assert (recipe("--steps", 7).steps, recipe("--steps", 7).max_seconds) == (7, None)
    assert recipe("--preset", "quick").max_seconds is None
    assert (recipe("--epochs", 2).epochs, recipe("--epochs", 2).steps) == (2.0, None)
    assert recipe("--steps", 7, "--max-seconds", 5).max_seconds == 5
    with pytest.raises(SystemExit):
        recipe("--steps", 7, "--epochs", 2)


def test_a_base_in_a_folder_is_named_by_its_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base").mkdir()
    assert recipe("--base", "base").base == str(tmp_path / "base")
    assert recipe("--base", "owner/base").base == "owner/base"
    assert recipe().base == Recipe.base
