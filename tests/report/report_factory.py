"""A comparison and sweeps of a small survey with a made-up model, for charts, tables and reports."""

from dataclasses import replace

import numpy as np
import pandas as pd

from core.comparison.banner import Banner, SimulatedPeople, banner
from core.comparison.compare import compare
from core.comparison.sweep import population_sweep, sweep
from core.comparison.uncertainty import uncertainty
from core.report.validation import Validation
from core.report.verdicts import verdicts
from core.survey.codebook import Codebook
from core.survey.respondents import SurveyData

CODEBOOK = {
    "title": "Cars & <b>charging</b>",
    "demographics": [{"column": "age", "label": "Age", "options": ["18-34", "35+"]}],
    "questions": [
        {"column": "own", "text": "Do you own a <i>car</i>?", "type": "single", "options": ["Yes", "No"]},
        {
            "column": "rude",
            "text": "Is it rude to recline your seat?",
            "type": "ordinal",
            "options": ["No, not rude at all", "Yes, somewhat rude", "Yes, very rude", "Don't know"],
            "non_substantive_options": ["Don't know"],
        },
        {"column": "liking", "text": "How much do you like cars?", "type": "numeric", "range": [0, 100]},
        {
            "column": "uses",
            "text": "What is it for?",
            "type": "multi",
            "options": ["Work", "Leisure"],
        },
        {"column": "rare", "text": "Asked of few", "type": "single", "options": ["A", "B"]},
    ],
}


def survey(n: int = 200, seed: int = 0) -> SurveyData:
    """Random answers; `rare` is answered by ten."""
    rng = np.random.default_rng(seed)
    codebook = Codebook.from_dict(CODEBOOK)
    answers = {item.key: rng.integers(0, len(item.answers), n) for item in codebook.items}
    answers["rare"][10:] = -1
    return SurveyData(
        codebook,
        np.array([f"person-{i}" for i in range(n)], dtype=object),
        pd.DataFrame({"age": rng.choice(["18-34", "35+"], n)}, dtype="str"),
        pd.DataFrame(answers).astype("int16"),
        np.ones(n),
        np.array(["test"] * n, dtype=object),
    )


def log_probs(data: SurveyData, spread: float, seed: int = 1) -> dict[str, np.ndarray]:
    """A made-up model: item key -> (n, K)."""
    rng = np.random.default_rng(seed)
    tables = {}
    for item in data.items:
        z = rng.normal(0, spread, (len(data), len(item.answers)))
        tables[item.key] = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return tables


def made_comparison(data: SurveyData | None = None):
    """A comparison with baselines."""
    data = data or survey()
    plain = log_probs(data, 0.0)
    baselines = {"uniform": plain, "training_marginals": plain, "untuned": log_probs(data, 1.5, 2)}
    return compare(data, log_probs(data, 1.0), baselines, temperature=0.8)


def made_uncertainty(data: SurveyData | None = None):
    """How sure the figures of that comparison are."""
    data = data or survey()
    plain = log_probs(data, 0.0)
    return uncertainty(data, log_probs(data, 1.0), {"training_marginals": plain}, 0.8, replicates=50)


def made_sweep(data: SurveyData | None = None):
    """The same model at every temperature."""
    data = data or survey()
    return sweep(data, log_probs(data, 1.0), chosen=0.8)


def made_population_sweep(data: SurveyData | None = None):
    """A population without answers of its own."""
    data = data or survey()
    return population_sweep(data, log_probs(data, 1.0, 3), chosen=0.8)


def made_banner(by: tuple[str, ...] = ("age",), data: SurveyData | None = None, **settings) -> Banner:
    """Tables of the same model, beside the respondents' own answers."""
    data = data or survey()
    people = SimulatedPeople(data.profiles, log_probs(data, 1.0), data.weights, np.ones(len(data)), True)
    return banner(data, people, by, **settings)


def made_facts(data: SurveyData | None = None, **changes) -> Validation:
    """What the validation label says of that comparison."""
    data = data or survey()
    facts = Validation(
        comparison=made_comparison(data),
        verdicts=verdicts(made_comparison(data), made_uncertainty(data), None),
        toplines=made_banner((), data),
        frame="Adults with a driving licence",
        respondents={"train": 1400, "validation": 100, "test": 200},
        effective_base=180.4,
        weighted=True,
        generated=False,
        mass=np.array([1.0, 0.9, 0.8, 0.3]),
        run={"base": {"id": "understudy/embedded", "revision": "abc123", "quantisation": "nf4"}},
    )
    return replace(facts, **changes)
