"""The model card of a run, tested on held-out respondents or not; the simulation's model is made up."""

from dataclasses import replace

import numpy as np
import pytest
from huggingface_hub import ModelCard

from core.prompts.template import Template
from core.publish.card import model_card
from core.report.verdicts import results_verdicts
from core.tuning.registry import Run
from core.tuning.result import BaseModel, RunResult
from tests.report.report_factory import made_results

BOOK = {
    "title": "Tea *drinkers* <script>",
    "weight_column": "weight",
    "demographics": [
        {"column": "age", "label": "Age", "options": ["18-34", "35+"]},
        {"column": "home", "label": "Home | region", "options": ["North", "South"]},
    ],
    "questions": [
        {"column": "tea", "text": "Do you like | tea?", "type": "single", "options": ["Yes", "No"]},
        {
            "column": "strong",
            "text": "How strong?",
            "type": "ordinal",
            "options": ["Weak", "So-so", "Strong"],
        },
        {"column": "cups", "text": "Cups a day", "type": "numeric", "range": [0, 20]},
    ],
}
RUN = Run(
    "tune-1",
    {"base": "HuggingFaceTB/SmolLM2-135M", "hold_out_questions": ["cups"]},
    RunResult(
        base=BaseModel("SmolLM2", "93efa2f", quantisation="NF4, double quantisation"),
        template=Template("1"),
        temperature=0.93,
        slope_correction=0.18,
    ),
)
FRAME = "Adults in Norway, May 2026"


@pytest.fixture(scope="module")
def results():
    return made_results((700, 100, 200), BOOK, temperature=0.93)


def card(results, run=RUN, tested=True, frame=FRAME):
    """The card of a run that was taught the respondents of `results`."""
    return model_card(run, results.everyone, results if tested else None, licence="cc-by-4.0", frame=frame)


def test_header_is_read_back_by_the_hubs_own_reader(results):
    data = ModelCard(card(results)).data
    assert data.base_model == "HuggingFaceTB/SmolLM2-135M"
    assert data.library_name == "peft"
    assert data.license == "cc-by-4.0"
    assert {"survey", "lora"} <= set(data.tags)
    assert data.inference is False


def test_the_model_index_holds_every_figure_beside_its_floor(results):
    entries = ModelCard(card(results)).data.eval_results
    found = {(r.metric_type, "floor" in r.metric_name): r.metric_value for r in entries}
    model, floor = results.comparison.overall.model, results.comparison.overall.floor
    expected = {
        ("nll", False): model.nll,
        ("kl", False): model.kl,
        ("kl", True): floor.kl,
        ("tv", False): model.tv,
        ("tv", True): floor.tv,
        ("rmse_scaled", False): model.rmse_scaled,
        ("accuracy", False): model.accuracy,
    }
    assert found == {name: round(value, 6) for name, value in expected.items()}
    assert {r.dataset_split for r in entries} == {"test"}


def test_the_likelihood_in_the_model_index_is_that_of_the_answers_given(results):
    """The mean over the two questions that are no numbers, of the weighted respondents, by hand."""
    by_hand = []
    for key in ("tea", "strong"):
        tempered = np.exp(results.model[key] / 0.93)
        given = results.real.answers[key].to_numpy()
        probability = tempered[np.arange(200), given] / tempered.sum(axis=1)
        by_hand.append(np.average(-np.log(probability), weights=results.real.weights))
    (nll,) = (r for r in ModelCard(card(results)).data.eval_results if r.metric_type == "nll")
    assert nll.metric_value == pytest.approx(np.mean(by_hand), abs=1e-6)


def test_no_figure_is_published_of_few_held_out_people():
    few = made_results((700, 100, 29), BOOK)
    text = card(few)
    assert "too few to publish figures" in text
    assert f"{few.comparison.overall.model.nll:.3f}" not in text
    assert ModelCard(text).data.eval_results is None
    assert ModelCard(card(made_results((700, 100, 30), BOOK))).data.eval_results


def test_the_embedded_models_card_says_what_it_reads_and_what_it_cannot_know(results):
    embedded = replace(RUN, recipe={"base": "embedded"})
    found = card(results, embedded)
    assert "is one token, whose embedding was taught with the adapter" in found
    assert "a question it was not taught gets about equal shares" in found
    assert "equal shares, whatever" not in card(results)


def test_it_says_all_a_reader_must_know(results):
    found, overall = card(results), results.comparison.overall
    model, plain, floor = (
        {name: f"{value:.3f}" for name, value in figures.to_dict().items() if value is not None}
        for figures in (overall.model, overall.baselines["training_marginals"], overall.floor)
    )
    population = results_verdicts(results)[0]
    for text in (
        "**What it is not.**",
        "legal answer of 2 survey questions",
        r"| Do you like \| tea? | single | 2 | yes |",
        "| Cups a day | numeric | 21 | no |",
        "- Age (2 categories)",
        "simulate --adapter OWNER/NAME --population people.csv",
        "has no margin of error",
        "Adults in Norway, May 2026",
        "700 for training, 100 for validation, 200 held out",
        "Survey weights were used",
        "Base revision: 93efa2f",
        "Quantisation in training: NF4, double quantisation",
        "Prompt template version: 1",
        "fitted on validation respondents: 0.93",
        "Background emphasised by +0.18: how much further",
        f"| Tuned model | {model['nll']} | {model['kl']} | {model['tv']} | {model['w1']} | "
        f"{model['rmse_scaled']} | {model['accuracy']} | {model['sd_ratio']} |",
        f"| Training shares, same for everyone | {plain['nll']} | {plain['kl']} |",
        f"| Noise floor at this sample size | – | {floor['kl']} |",
        "real ones of 200 respondents kept out of training",
        f"- **Population: {population.label.lower()}.** {population.sentence} {population.figure} "
        f"({population.floor}). {population.beside}\n",
        "## Intended use",
        "## Forbidden use",
        "Decisions about a single person",
    ):
        assert text in found


def test_survey_text_is_no_markup(results):
    found = card(results)
    assert r"# Tea \*drinkers\* \<script\>: how" in found
    assert r"Home \| region" in found


def test_bases_that_are_not_on_the_hub_are_named_in_words(results):
    embedded = card(results, replace(RUN, recipe={"base": "embedded"}))
    assert "small model that ships with Understudy" in embedded
    assert ModelCard(embedded).data.base_model is None
    local = card(results, replace(RUN, recipe={"base": "/home/me/secret/base"}))
    assert "secret" not in local
    assert "a model of the author's own, not on the Hub" in local


def test_what_was_not_recorded_or_tested_is_said(results):
    bare = replace(RUN, result=RunResult(base=BaseModel("", "93efa2f")))
    found = card(results, bare, tested=False, frame=" ")
    assert "not recorded by the researcher" in found
    assert found.count("not recorded") == 3
    assert "Quantisation in training: none" in found
    assert "Do not use it before it has been" in found
    run = replace(bare, result=RunResult(validation_nll=0.9, uniform_validation_nll=1.4))
    generated = made_results((700, 100, 200), BOOK | {"generated": True})
    found = card(generated, run, tested=False)
    assert "| This model | 0.900 |" in found
    assert "| Every answer equally likely | 1.400 |" in found
    assert "**Generated example.**" in found


def test_the_weights_hash_stands_for_a_revision_that_was_not_recorded(results):
    run = replace(RUN, result=RunResult(base=BaseModel("a/b", sha256="0123456789abcdef")))
    assert "Base revision: 0123456789ab\n" in card(results, run, tested=False)


def test_the_codebook_says_who_the_respondents_stand_for_unless_the_researcher_does(results):
    known = made_results((70, 10, 20), BOOK | {"population": "Adults"})
    assert "stand for: Adults\n" in card(known, tested=False, frame="")
    assert f"stand for: {FRAME}\n" in card(known, tested=False)
