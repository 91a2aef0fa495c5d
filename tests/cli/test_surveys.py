"""The commands `import` and `rebuild`: what is stored, and what is refused with a sentence."""

import json

import pytest


def test_a_survey_is_imported_and_built_again_from_its_file(core, tea):
    file, codebook = tea
    code, survey, _ = core("import", file, "--codebook", codebook)
    assert code == 0
    assert (survey["n"], survey["questions"]) == (60, 1)
    assert "Only 60 respondents" in survey["warnings"][0]
    code, again, _ = core("rebuild", survey["survey_id"])
    assert (code, again["identical"], again["stored"]) == (0, True, False)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("a,b\n", "no respondents"),
        ("only\n1\n2\n", "one column"),
        ("a,a\n1,2\n", "a"),
        ("a,b\n1,2\n3\n", "row 3"),
        ("%PDF-1.4\0\0", "bad.csv"),
    ],
)
def test_a_file_that_is_no_survey_is_refused_with_a_sentence(core, tmp_path, content, says):
    file = tmp_path / "bad.csv"
    file.write_text(content, encoding="utf-8")
    code, answer, stderr = core("import", file)
    assert code == 2
    assert says in answer["error"]
    assert "What to do" in stderr
    assert "Traceback" not in stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"column": "coffee"}, "coffee"),
        ({"options": ["Yes", "No"]}, "Sometimes"),
        ({"type": "essay"}, "essay"),
    ],
)
def test_a_codebook_that_does_not_fit_is_refused(core, tea, tea_codebook, change, says):
    file, codebook = tea
    tea_codebook["questions"][0].update(change)
    codebook.write_text(json.dumps(tea_codebook), encoding="utf-8")
    code, answer, _ = core("import", file, "--codebook", codebook)
    assert code == 2
    assert says in answer["error"]
