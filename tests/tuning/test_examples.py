"""Whose turn it is: every question in every round, the options of multi-selects in every second one."""

from collections import Counter

import numpy as np
import pandas as pd

from core.models.loading import load_base
from core.prompts.encoding import Encoder
from core.prompts.template import Template
from core.survey.codebook import Codebook, Demographic, Question, QuestionType
from core.survey.respondents import SurveyData
from core.tuning.examples import SurveyExamples
from core.tuning.targets import IndividualTargets

CODEBOOK = Codebook(
    "Drinks",
    (Demographic("area", "Area", ("City", "Village")),),
    (
        Question("tea", "Tea?", QuestionType.SINGLE, ("Yes", "No")),
        Question("cups", "How many?", QuestionType.NUMERIC, range=(0, 3)),
        Question("with", "With what?", QuestionType.MULTI, ("Milk", "Sugar", "Lemon")),
    ),
)


def examples(count=70, seed=0):
    n = 20
    keys = [i.key for i in CODEBOOK.items]
    data = SurveyData(
        CODEBOOK,
        np.array([str(i) for i in range(n)], dtype=object),
        pd.DataFrame({"area": ["City", "Village"] * (n // 2)}),
        pd.DataFrame({key: np.arange(n, dtype=np.int16) % 2 for key in keys}),
        np.ones(n),
        np.full(n, "train", dtype=object),
    )
    encoder = Encoder(load_base("embedded", "lora").tokenizer)
    targets = IndividualTargets(data)
    return SurveyExamples(data, data.items, targets, encoder, Template(), count=count, seed=seed)


def asked(dataset):
    return [dataset[k].bundle.groups[0].item.key for k in range(len(dataset))]


def test_options_of_a_multi_select_have_half_the_turns_of_a_question():
    assert Counter(asked(examples())) == {"tea": 20, "cups": 20, "with#0": 10, "with#1": 10, "with#2": 10}


def test_every_question_comes_up_in_every_half_of_a_turn():
    keys = asked(examples(count=7))
    assert keys.count("tea") == keys.count("cups") == 2
    assert {"tea", "cups"} <= set(keys[:3]) and {"tea", "cups"} <= set(keys[3:])


def test_the_order_depends_on_the_seed_alone():
    assert asked(examples(seed=1)) == asked(examples(seed=1)) != asked(examples(seed=2))


def test_every_whole_profile_is_asked_about_and_few_of_those_between():
    fields = tuple(Demographic(f"d{k}", f"Field {k}", ("a", "b")) for k in range(6))
    question = Question("tea", "Tea?", QuestionType.SINGLE, ("Yes", "No"))
    codebook, n = Codebook("Six", fields, (question,)), 40
    rng = np.random.default_rng(0)
    profiles = pd.DataFrame({f.column: rng.choice(["a", "b"], n) for f in fields})
    answers = pd.DataFrame({"tea": np.zeros(n, dtype=np.int16)})
    ids, part = np.arange(n).astype(str).astype(object), np.full(n, "train", dtype=object)
    data = SurveyData(codebook, ids, profiles, answers, np.ones(n), part)
    encoder = Encoder(load_base("embedded", "lora").tokenizer)
    labelled = LevelTargets()
    dataset = SurveyExamples(data, data.items, labelled, encoder, Template(), count=60, seed=0)
    levels = [np.concatenate(dataset[k].labels)[:, 0] for k in range(60)]
    people = labelled.people
    counts = Counter(np.concatenate(levels).astype(int).tolist())
    assert counts[6] == people and counts[0] == 60
    between = sum(counts[k] for k in range(1, 6)) / (5 * people)
    assert 0.3 < between < 0.4


class LevelTargets:
    """Labels that say how many fields are shown."""

    people = 0

    def chain(self, item, respondent, shown):
        self.people += 1
        return np.column_stack([np.arange(len(shown) + 1.0), np.zeros(len(shown) + 1)])
