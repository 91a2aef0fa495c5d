import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.comparison.accuracy import Decoder
from core.comparison.baselines import fit_baselines
from core.comparison.compare import compare, compare_by
from core.comparison.figures import Figures
from core.errors import CodebookError
from tests.comparison.survey_factory import small_survey

NAMES = ("uniform", "training_marginals", "logistic_regression")
DATA = small_survey(600, weighted=True)
TEST = DATA.part("test")
BASELINES = fit_baselines(DATA.part("train"), DATA.part("validation"), TEST.profiles, NAMES)
MODEL = BASELINES["logistic_regression"]


def test_the_dictionary_is_the_command_line_contract():
    found = compare(TEST, MODEL, BASELINES, 1.2).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert set(found) == {"overall", "questions", "temperature", "decoder", "split"}
    assert (found["temperature"], found["decoder"], found["split"]) == (1.2, "expected", "test")
    assert set(found["overall"]) == {"questions", "model", "baselines", "floor", "by_type"}
    assert set(found["overall"]["baselines"]) == set(BASELINES)
    assert list(found["overall"]["model"]) == [*Figures().to_dict(), "simbench"]
    assert list(found["questions"][0]["model"]) == list(Figures().to_dict())
    assert list(found["overall"]["floor"]) == ["kl", "js", "tv", "w1", "kl_one_sampled_answer"]
    assert [q["column"] for q in found["questions"]] == ["car", "agree", "liking", "uses"]
    assert {"column", "text", "type", "n", "n_effective", "model", "baselines", "floor"} == set(
        found["questions"][0]
    )


def test_overall_is_the_mean_over_single_and_ordinal_questions():
    found = compare(TEST, MODEL, BASELINES)
    by_column = {q.column: q for q in found.questions}
    assert found.overall.questions == 2
    expected = (by_column["car"].model.nll + by_column["agree"].model.nll) / 2
    assert found.overall.model.nll == pytest.approx(expected)
    assert found.overall.model.rmse == by_column["agree"].model.rmse
    assert set(found.by_type) == {"single", "ordinal", "numeric", "multi"}
    assert found.by_type["numeric"].model.rmse == by_column["liking"].model.rmse


def test_a_survey_with_neither_type_averages_what_there_is():
    only = {key: table for key, table in MODEL.items() if key == "liking"}
    found = compare(TEST, only, {})
    assert [q.column for q in found.questions] == ["liking"]
    assert found.overall.model.nll == found.questions[0].model.nll


def test_a_multi_select_is_the_mean_of_its_options():
    question = compare(TEST, MODEL, BASELINES).questions[-1]
    chosen = [
        -np.average(MODEL[f"uses#{i}"][np.arange(len(TEST)), TEST.answers[f"uses#{i}"]], weights=TEST.weights)
        for i in range(3)
    ]
    assert question.model.nll == pytest.approx(np.mean(chosen))
    assert question.model.rmse is None
    assert question.floor.kl == pytest.approx(1 / (2 * question.n_effective))


def test_the_base_counts_answers_and_weights():
    question = compare(TEST, MODEL, BASELINES).questions[1]
    rows = TEST.answers["agree"] >= 0
    assert question.n == rows.sum() < len(TEST)
    weights = TEST.weights[rows]
    assert question.n_effective == pytest.approx(weights.sum() ** 2 / (weights**2).sum())


def test_temperature_moves_the_model_and_not_the_baselines():
    cold, warm = compare(TEST, MODEL, BASELINES, 0.3), compare(TEST, MODEL, BASELINES, 3.0)
    assert cold.overall.model.nll != warm.overall.model.nll
    assert cold.overall.baselines == warm.overall.baselines


@pytest.mark.parametrize("decoder", list(Decoder))
def test_every_decoder_reads_the_same_likelihood(decoder):
    found = compare(TEST, MODEL, BASELINES, decoder=decoder)
    assert found.overall.model.nll == compare(TEST, MODEL, BASELINES).overall.model.nll


def test_doubling_a_respondent_equals_doubling_the_weight():
    twice = TEST.take(np.r_[np.arange(len(TEST)), 0])
    tables = {key: np.concatenate([table, table[:1]]) for key, table in MODEL.items()}
    weights = TEST.weights.copy()
    weights[0] *= 2
    there, here = compare(twice, tables, {}), compare(TEST, MODEL, {}, weights=weights)
    for name in ("nll", "tv", "rmse", "w1"):
        assert getattr(there.overall.model, name) == pytest.approx(getattr(here.overall.model, name))


def test_the_order_of_respondents_does_not_matter():
    order = np.random.default_rng(0).permutation(len(TEST))
    shuffled = compare(TEST.take(order), {k: t[order] for k, t in MODEL.items()}, {})
    here = compare(TEST, MODEL, {}).overall.model
    assert shuffled.overall.model.to_dict() == pytest.approx(here.to_dict())


def test_groups_are_compared_within_and_small_ones_suppressed():
    rows = np.r_[
        np.flatnonzero(TEST.profiles["sex"] == "Female"), np.flatnonzero(TEST.profiles["sex"] == "Male")[:5]
    ]
    group = TEST.take(rows)
    tables = {key: table[rows] for key, table in MODEL.items()}
    found = compare_by(group, tables, "sex")
    men = found["Male"]
    assert men.to_dict() == {"n": 5, "n_effective": men.n_effective, "suppressed": True}
    women = TEST.take(rows[:-5])
    alone = compare(women, {key: table[:-5] for key, table in tables.items()}, {})
    summary = found["Female"].summary
    assert summary.model.to_dict() == pytest.approx(alone.overall.model.to_dict())
    assert summary.floor.kl > 0
    told = found["Female"].to_dict()
    assert list(told) == ["n", "n_effective", "suppressed", "questions", "model", "baselines", "floor"]
    assert told["suppressed"] is False
    json.dumps(told, allow_nan=False)


def test_groups_include_those_who_did_not_say():
    found = compare_by(
        DATA,
        {
            k: np.full((len(DATA), len(i.answers)), -np.log(len(i.answers)))
            for i in DATA.items
            for k in [i.key]
        },
        "age",
    )
    assert list(found) == ["18-34", "35-54", "55+", "(not given)"]
    assert sum(group.n for group in found.values()) == len(DATA)


def test_an_unknown_demographic_is_named():
    with pytest.raises(CodebookError, match="no such demographic.*shoe.*Use one of: sex, age, area"):
        compare_by(TEST, MODEL, "shoe")


def test_a_group_is_small_by_its_effective_base_not_by_its_heads():
    """45 men of weight 1 and one of weight 30: (45 + 30)^2 / (45 + 900) = 5.95 respondents."""
    men = np.flatnonzero(DATA.profiles["sex"] == "Male")[:46]
    group = DATA.take(men)
    tables = {i.key: np.full((46, len(i.answers)), -np.log(len(i.answers))) for i in group.items}
    assert not compare_by(replace(group, weights=np.ones(46)), tables, "sex")["Male"].suppressed
    weights = np.r_[np.ones(45), 30.0]
    found = compare_by(replace(group, weights=weights), tables, "sex")["Male"]
    assert found.to_dict() == {"n": 46, "n_effective": pytest.approx(75**2 / 945), "suppressed": True}


def test_a_question_is_left_out_of_a_group_by_the_effective_base_of_its_answers():
    """60 women answer the first question; the second is answered by 40, one of whom has weight 20."""
    women = np.flatnonzero((DATA.profiles["sex"] == "Female") & (DATA.answers["agree"] >= 0))[:60]
    group = DATA.take(women)
    group.answers.loc[40:, "agree"] = np.int16(-1)
    group = replace(group, weights=np.r_[20.0, np.ones(59)])
    tables = {i.key: np.full((60, len(i.answers)), -np.log(len(i.answers))) for i in group.items}
    # everybody: (20 + 59)^2 / (400 + 59) = 13.6, too few; so 400 more of weight 1 answer the first question
    more = DATA.take(np.flatnonzero(DATA.profiles["sex"] == "Female")[60:260])
    more.answers["agree"] = np.int16(-1)
    both = replace(
        group,
        ids=np.r_[group.ids, more.ids],
        profiles=pd.concat([group.profiles, more.profiles], ignore_index=True),
        answers=pd.concat([group.answers, more.answers], ignore_index=True),
        weights=np.r_[group.weights, np.ones(len(more))],
        split=np.r_[group.split, more.split],
    )
    tables = {k: np.tile(t[:1], (len(both), 1)) for k, t in tables.items()}
    found = compare_by(both, tables, "sex")["Female"]
    # 59^2 / 439 = 7.9 answered the second question, (79 + 200)^2 / 659 = 118 the first
    assert (found.suppressed, found.summary.questions) == (False, 1)
