from core.experiments.plan import ExperimentPlan


def test_a_plan_says_what_is_trained_and_what_is_known_already():
    assert ExperimentPlan(teach=0, known=3, steps=0, seconds=40.0).sentence == (
        "Every model it needs is known from other experiments: a few seconds."
    )
    assert ExperimentPlan(teach=2, known=1, steps=1150, seconds=None).sentence == (
        "Teaches 2 models, 1,150 steps each. 1 more is known from other experiments."
    )
