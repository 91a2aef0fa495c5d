"""Links: the address names the study and the view by id, and what it names is opened."""

import pytest
from streamlit.testing.v1 import AppTest

from app import cached
from app.session import Key, View
from core.studio import simulation as simulations
from core.studio import surveys
from tests.app.small_survey import small_survey


@pytest.fixture
def two_studies(fresh_workspace):
    """Ids of two studies, the newer one first: without a link it is the one that is shown."""
    older = surveys.save(cached.workspace(), surveys.draft_survey(*named_small_survey()))
    newer = surveys.load_example(cached.workspace())
    return newer.id, older.id


def named_small_survey():
    csv, codebook = small_survey()
    return csv, "small.csv", codebook


def visit(**parameters):
    """A browser that opens a link: a new session."""
    app = AppTest.from_file("../../app/main.py", default_timeout=60)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def asked(app, name="study"):
    """A parameter of the address; the test kit keeps it as a list or as it was set."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def shown(app):
    assert not app.exception
    return app.sidebar.selectbox(key=Key.STUDY).value


def test_a_link_opens_its_study(two_studies):
    for study in two_studies:
        assert shown(visit(study=study)) == study


def test_the_address_names_the_study_by_its_id_also_when_it_is_the_first(two_studies):
    newer, older = two_studies
    app = visit()
    assert (shown(app), asked(app)) == (newer, newer)
    app.sidebar.selectbox(key=Key.STUDY).set_value(older).run()
    assert (shown(app), asked(app)) == (older, older)


def test_the_study_is_kept_from_page_to_page(two_studies):
    newer, older = two_studies
    app = visit(study=older)
    for view in View:
        app.switch_page(view).run()
        assert (shown(app), asked(app)) == (older, older)
    app.query_params["study"] = newer  # another link in the same browser tab
    assert shown(app.run()) == newer


def test_a_link_to_a_study_that_is_gone_says_so(two_studies):
    newer, _ = two_studies
    app = visit(study="deleted-000000")
    assert (shown(app), asked(app)) == (newer, newer)
    assert [toast.value for toast in app.toast] == [
        "The study of this link is not here; it may have been deleted."
    ]


@pytest.mark.slow
def test_a_link_opens_its_question_people_and_simulation(taught):
    (simulation,) = simulations.list_simulations(cached.workspace(), taught.id)
    question = surveys.load(cached.workspace(), taught.id).codebook.questions[2].column
    link = {"study": taught.id, "simulation": simulation.id, "question": question, "people": "population"}
    app = visit(**link, temperature="0.5").switch_page(View.RESULTS).run()
    assert not app.exception
    assert app.selectbox(key=Key.RESULTS_QUESTION).value == question
    assert app.segmented_control(key=Key.RESULTS_WHO).value == "population"
    assert {name: asked(app, name) for name in link} == link
    (address,) = [code.value for code in app.code if "question=" in code.value]
    assert "temperature=0.5" in address
    app.switch_page(View.PUBLISH).run().switch_page(View.RESULTS).run()
    assert app.selectbox(key=Key.RESULTS_QUESTION).value == question
