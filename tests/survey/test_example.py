"""The example survey has a known truth; these tests hold the sample against it."""

import numpy as np
import pandas as pd
import pytest

from core.survey.codebook import Codebook, QuestionType
from core.survey.example import example_csv, example_survey, true_log_probabilities
from core.survey.example_people import DEMOGRAPHICS, draw_people, profile_log_probability
from core.survey.example_questionnaire import QUESTIONS
from core.survey.importing import build_survey, draft_survey


@pytest.fixture(scope="module")
def data():
    return build_survey(draft_survey(example_csv(), "example.csv", example_survey()[1].to_dict()))


@pytest.fixture(scope="module")
def truth(data):
    return true_log_probabilities(data.profiles)


def test_it_is_large_enough_and_says_that_it_is_generated():
    table, codebook = example_survey()
    assert len(table) == 1200
    assert len(codebook.demographics) >= 8 and len(codebook.questions) >= 12
    assert {q.type for q in codebook.questions} == set(QuestionType)
    assert "generated example, not real people" in codebook.title and codebook.extra["generated"] is True
    assert Codebook.from_dict(codebook.to_dict()) == codebook


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    assert example_csv() == example_csv()
    assert example_csv(seed=1, n=50) != example_csv(seed=2, n=50)


def test_the_preference_is_asked_from_0_to_100_before_and_after_information(data):
    before, after = (data.codebook.question(f"preference_{when}") for when in ("before", "after"))
    assert before.range == after.range == (0, 100)
    assert len(after.text) > len(before.text) + 200
    for question in (before, after):
        answers = data.answers[question.column]
        tens = (answers[answers >= 0] % 10 == 0).mean()
        assert 0.5 < tens < 0.8  # 60 % round to tens, and one in ten of the rest lands there
    moved = data.answers["preference_after"] - data.answers["preference_before"]
    assert 3 < moved.mean() < 12


def test_answers_of_one_person_correlate(data):
    both = (data.answers[["preference_before", "preference_after"]] >= 0).all(axis=1)
    assert data.answers[both][["preference_before", "preference_after"]].corr().iloc[0, 1] > 0.6


def test_every_row_of_the_truth_is_a_distribution(truth, data):
    assert list(truth) == [item.key for item in data.items]
    for item in data.items:
        assert truth[item.key].shape == (len(data), len(item.answers))
        np.testing.assert_allclose(np.exp(truth[item.key]).sum(axis=1), 1, atol=1e-12)


def test_a_large_sample_has_the_true_shares():
    table, codebook = example_survey(seed=5, n=20_000)
    large = build_survey(draft_survey(table.to_csv(index=False).encode(), "x.csv", codebook.to_dict()))
    truth = true_log_probabilities(large.profiles)
    for item in large.items:
        answers = large.answers[item.key].to_numpy()
        counts = np.bincount(answers[answers >= 0], minlength=len(item.answers))
        expected = np.exp(truth[item.key][answers >= 0]).mean(axis=0)  # of those who were asked
        error = np.abs(counts / counts.sum() - expected)
        tolerance = 4.5 * np.sqrt(expected * (1 - expected) / counts.sum()) + 1e-4
        assert (error < tolerance).all(), item.key


def test_knowing_the_profile_helps_clearly(truth, data):
    gains = []
    for item in data.items:
        answers = data.answers[item.key].to_numpy()
        asked = answers >= 0
        share = np.bincount(answers[asked], minlength=len(item.answers)) / asked.sum()
        own = truth[item.key][asked, answers[asked]]
        gains.append((own - np.log(share[answers[asked]])).mean())
    assert np.mean(gains) > 0.1
    assert np.sum(np.array(gains) > 0.1) >= 10


def test_a_missing_demographic_is_summed_out_over_who_has_the_rest():
    people, _ = draw_people(1, np.random.default_rng(0))
    profile = pd.DataFrame({d.column: [d.options[people[d.column][0]]] for d in DEMOGRAPHICS})
    blank = profile.assign(parking=pd.NA)
    options = next(d.options for d in DEMOGRAPHICS if d.column == "parking")
    filled = pd.concat([profile.assign(parking=option) for option in options])
    codes = {d.column: pd.Index(d.options).get_indexer(filled[d.column]) for d in DEMOGRAPHICS}
    chance = np.exp(profile_log_probability(codes))  # parking does not affect who is selected
    expected = np.average(np.exp(true_log_probabilities(filled)["charging_places#0"]), axis=0, weights=chance)
    found = np.exp(true_log_probabilities(blank)["charging_places#0"])[0]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_only_car_owners_are_asked_about_their_car(data):
    none = (data.profiles["cars"] == "None").to_numpy()
    assert (data.answers["car_satisfaction"][none] == -1).all()
    assert (data.answers["car_satisfaction"][~none] >= 0).mean() > 0.97
    assert sum(q.asked_of is not None for q in QUESTIONS) == 1


def test_an_unknown_option_is_refused():
    with pytest.raises(ValueError, match="no option of area"):
        true_log_probabilities(pd.DataFrame({"area": ["Moon"]}))
