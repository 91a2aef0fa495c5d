import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.pretraining.tokenizer import VOCABULARY, train_tokenizer
from core.pretraining.train import BundleSource, excess_loss, new_model, uniform_loss
from core.pretraining.world import Difficulty, SurveyMaker
from core.prompts.encoding import Encoder


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1), st.integers(0, 10_000))
def test_every_random_survey_has_exact_shares(level, seed):
    rng = np.random.default_rng(seed)
    survey = SurveyMaker(rng).survey(Difficulty(level))
    fields = survey.codebook.demographics
    assert 2 <= len(fields) <= 14
    person = {f.column: str(rng.choice(f.options)) for f in fields}
    for item in survey.codebook.items:
        for profile in ({}, person):
            shares = survey.shares(item, profile)
            assert shares.shape == (len(item.answers),)
            assert shares.sum() == pytest.approx(1.0) and (shares > 0).all()


def test_the_easiest_surveys_are_yes_no_and_the_full_range_has_every_type():
    rng = np.random.default_rng(0)
    easy = {q.type for _ in range(30) for q in SurveyMaker(rng).survey(Difficulty(0)).codebook.questions}
    hard = {str(q.type) for _ in range(60) for q in SurveyMaker(rng).survey(Difficulty(1)).codebook.questions}
    assert easy == {"single"}
    assert hard == {"single", "ordinal", "numeric", "multi"}


def test_answers_depend_on_who_is_asked_and_reverse_with_the_scale():
    maker = SurveyMaker(np.random.default_rng(3))
    gaps = []
    for _ in range(20):
        survey = maker.survey(Difficulty(0.2))
        field = survey.codebook.demographics[0]
        for item in survey.codebook.items:
            first, last = (
                survey.shares(item, {field.column: o}) for o in (field.options[0], field.options[-1])
            )
            gaps.append(0.5 * abs(first - last).sum())
    assert np.mean(gaps) > 0.05


def test_same_seed_same_tokenizer_and_bundles():
    first, second = train_tokenizer(0, 40), train_tokenizer(0, 40)
    assert first.get_vocab() == second.get_vocab() and len(first) <= VOCABULARY
    bundles = [BundleSource(Encoder(t), 5).next(Difficulty(0.7)) for t in (first, second)]
    assert bundles[0][0].tokens.tolist() == bundles[1][0].tokens.tolist()
    for ours, theirs in zip(bundles[0][1], bundles[1][1], strict=True):
        assert np.array_equal(ours, theirs)


def test_a_random_model_starts_near_uniform():
    tokenizer = train_tokenizer(0, 40)
    bundle, labels = BundleSource(Encoder(tokenizer), 1).next(Difficulty(0.5))
    excess, outside = excess_loss(new_model(tokenizer, 64, 1, 0), bundle, labels)
    assert excess.item() == pytest.approx(uniform_loss(bundle, labels), rel=0.2)
    assert outside.item() > 1
