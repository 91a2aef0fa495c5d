import pandas as pd
import pytest

from core.comparison.accuracy import Decoder
from core.errors import CodebookError, JobError
from core.results.readout import AUTO, BY_TYPE, ReadoutSettings
from tests.comparison.survey_factory import small_survey


def test_what_a_user_typed_is_a_number_on_the_grid_or_a_word():
    assert ReadoutSettings.of("0.8", "greedy") == ReadoutSettings(0.8, Decoder.GREEDY)
    assert [ReadoutSettings.of(word).temperature for word in (AUTO, BY_TYPE)] == ["auto", "by_type"]
    for typed in ("warm", "0", "99"):
        with pytest.raises(JobError, match="temperature"):
            ReadoutSettings.of(typed)


def test_people_belong_to_the_groups_when_every_column_holds():
    people = pd.DataFrame(
        {"sex": ["Female", "Female", "Male", None], "area": ["City", "Country", "City", "City"]}, dtype="str"
    )
    codebook = small_survey(1).codebook
    chosen = ReadoutSettings(groups=(("sex", ("Female", "Male")), ("area", ("City",))))
    assert chosen.selects(people, codebook).tolist() == [True, False, True, False]
    assert ReadoutSettings().selects(people, codebook).all()
    with pytest.raises(CodebookError, match="shoes"):
        ReadoutSettings(groups=(("shoes", ("40",)),)).selects(people, codebook)
