from dataclasses import replace
from types import SimpleNamespace

import pytest
from huggingface_hub import ModelCard

from core.publish.card import CardContext, model_card
from core.report import judging
from core.report.judging import Verdict
from core.survey.codebook import Codebook

FIGURES = {"nll": 0.851, "kl": 0.012, "tv": 0.05, "rmse_scaled": 0.25, "accuracy": 0.54, "sd_ratio": 0.97}
COMPARISON = SimpleNamespace(
    to_dict=lambda: {
        "overall": {
            "model": FIGURES,
            "baselines": {
                "training_marginals": FIGURES | {"nll": 0.852, "kl": 0.004},
                "uniform": {"nll": 1.4},
            },
            "floor": {"kl": 0.008, "tv": 0.04},
        }
    }
)


BOOK = Codebook.from_dict(
    {
        "title": "Tea *drinkers* <script>",
        "demographics": [
            {"column": "age", "label": "Age", "options": ["18-34", "35+"]},
            {"column": "home", "label": "Home | region", "options": ["North", "South"]},
        ],
        "questions": [
            {"column": "tea", "text": "Do you like | tea?", "type": "single", "options": ["Yes", "No"]},
            {"column": "cups", "text": "Cups a day", "type": "numeric", "range": [0, 20]},
        ],
    }
)


@pytest.fixture
def context():
    return CardContext(
        codebook=BOOK,
        base="HuggingFaceTB/SmolLM2-135M",
        n_train=700,
        n_validation=100,
        n_test=200,
        held_out=("cups",),
        base_revision="93efa2f",
        quantisation="NF4, double quantisation",
        template_version="1",
        temperature=0.93,
        run={"emphasis": 0.18},
        population_frame="Adults in Norway, May 2026",
        weighted=True,
        comparison=COMPARISON,
        verdicts=(
            Verdict(
                "Population", judging.FAIR, "Toplines are close.", "5.0 points off", "4.0 points by chance"
            ),
        ),
        licence="cc-by-4.0",
    )


def test_header_is_read_back_by_the_hubs_own_reader(context):
    data = ModelCard(model_card(context)).data
    assert data.base_model == "HuggingFaceTB/SmolLM2-135M"
    assert data.library_name == "peft"
    assert data.license == "cc-by-4.0"
    assert {"survey", "lora"} <= set(data.tags)
    assert data.inference is False


def test_the_model_index_holds_every_figure_beside_its_floor(context):
    results = ModelCard(model_card(context)).data.eval_results
    found = {(r.metric_type, "floor" in r.metric_name): r.metric_value for r in results}
    assert found == {
        ("nll", False): 0.851,
        ("kl", False): 0.012,
        ("kl", True): 0.008,
        ("tv", False): 0.05,
        ("tv", True): 0.04,
        ("rmse_scaled", False): 0.25,
        ("accuracy", False): 0.54,
    }
    assert {r.dataset_split for r in results} == {"test"}


def test_no_figure_is_published_of_few_held_out_people(context):
    card = model_card(replace(context, n_test=29))
    assert "too few to publish figures" in card
    assert "0.851" not in card
    assert ModelCard(card).data.eval_results is None


def test_it_says_all_a_reader_must_know(context):
    card = model_card(context)
    for text in (
        "**What it is not.**",
        "legal answer of 1 survey questions",
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
        "| Tuned model | 0.851 | 0.012 | 0.050 | – | 0.250 | 0.540 | 0.970 |",
        "| Training shares, same for everyone | 0.852 | 0.004 |",
        "| Noise floor at this sample size | – | 0.008 |",
        "real ones of 200 respondents kept out of training",
        "- **Population: usable with care.** Toplines are close. 5.0 points off (4.0 points by chance).\n",
        "## Intended use",
        "## Forbidden use",
        "Decisions about a single person",
    ):
        assert text in card


def test_survey_text_is_no_markup(context):
    card = model_card(context)
    assert r"# Tea \*drinkers\* \<script\>: how" in card
    assert r"Home \| region" in card


def test_bases_that_are_not_on_the_hub_are_named_in_words(context):
    embedded = model_card(replace(context, base="embedded"))
    assert "small model that ships with Understudy" in embedded
    assert ModelCard(embedded).data.base_model is None
    local = model_card(replace(context, base="/home/me/secret/base"))
    assert "secret" not in local
    assert "a model of the author's own, not on the Hub" in local


def test_what_was_not_recorded_or_tested_is_said(context):
    bare = replace(
        context, population_frame="", quantisation="", template_version="", temperature=None, comparison=None
    )
    card = model_card(bare)
    assert "not recorded by the researcher" in card
    assert card.count("not recorded") == 3
    assert "Quantisation in training: none" in card
    assert "Do not use it before it has been" in card
    run = {"validation_nll": 0.9, "uniform_validation_nll": 1.4}
    card = model_card(replace(bare, run=run, generated=True))
    assert "| This model | 0.900 |" in card
    assert "| Every answer equally likely | 1.400 |" in card
    assert "**Generated example.**" in card
