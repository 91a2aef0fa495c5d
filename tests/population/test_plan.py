import json

import pytest

from core.errors import MarginalsError
from core.population.drawing import DrawMethod
from core.population.marginals import Marginals
from core.population.new_variables import NewVariable
from core.population.plan import PopulationPlan
from core.population.screening import Frame, Screener

TARGETS = Marginals({"sex": {"F": 0.5, "M": 0.5}})


def test_a_plan_is_read_back_as_it_was():
    plan = PopulationPlan(
        TARGETS,
        50,
        7,
        4.0,
        DrawMethod.SYSTEMATIC,
        0.1,
        Screener({"car": ("Yes",)}, Frame.QUALIFIED),
        (NewVariable("club", {"Yes": 0.25, "No": 0.75}),),
    )
    assert PopulationPlan.from_dict(json.loads(json.dumps(plan.to_dict())), TARGETS, 50, 7) == plan
    assert PopulationPlan.from_dict({}, None, 1000, 0) == PopulationPlan()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": 0}, "size.*0"),
        ({"size": 1_000_001}, "size"),
        ({"cap": 1.0}, "cap"),
        ({"unseen": 0.6}, "0.5"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(MarginalsError, match=message):
        PopulationPlan(**settings)
