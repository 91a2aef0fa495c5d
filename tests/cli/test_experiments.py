def test_an_experiment_without_a_survey_lists_what_can_be_named(core):
    code, answer, _ = core("experiment")
    assert code == 2
    assert "Name the experiment and the survey" in answer["error"]
    assert "WHAT SURVEY" in answer["error"]
