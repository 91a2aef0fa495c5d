"""Results page: what is missing, starting a simulation, and the comparison of a real one."""

import json

import pytest

from app import cached
from app.session import Key, View
from app.widgets.comparison_panel import TOPLINES
from app.widgets.question_chart import CALIBRATION, DECODERS, POPULATION
from app.widgets.structure_panel import DETECTION, EFFECTS, FIDELITY, LINKS
from core.jobs import process
from core.jobs.folder import JobFolder
from core.studio import jobs, surveys
from core.studio import simulation as simulations

SHOWN_TOGETHER, STRUCTURE_VIEWS = (DECODERS, CALIBRATION), (LINKS, EFFECTS, FIDELITY, DETECTION)


@pytest.fixture
def finished_run(example):
    """A run that only claims to be done: enough to offer a simulation."""
    ws = cached.workspace()
    folder = JobFolder.create(ws.jobs_folder, "tune", "Tune", {"survey_id": example.id, "recipe": {}})
    folder.write_status(state="done")
    return folder


def chart_spec(app):
    return json.loads(app.get("vega_lite_chart")[0].proto.spec)


def test_without_a_taught_model_the_page_says_what_to_do(example, open_page):
    app = open_page(View.RESULTS)
    assert not app.exception
    assert "not been taught" in app.main.markdown[0].value


def test_with_a_taught_model_a_simulation_can_be_started(example, finished_run, open_page):
    app = open_page(View.RESULTS)
    assert not app.exception
    assert not app.button(key=Key.RESULTS_START).disabled
    assert app.selectbox(key=Key.RESULTS_POPULATION.of(example.id)).options == [
        "None: hold-out respondents only"
    ]


def test_a_failed_simulation_says_why_and_can_be_repeated(example, finished_run, open_page):
    ws = cached.workspace()
    spec = {"survey_id": example.id, "run_id": finished_run.id, "population_id": None}
    folder = JobFolder.create(ws.jobs_folder, "simulate", "Simulate", spec)
    folder.write_status(state="failed", error="The adapter is damaged.")
    app = open_page(View.RESULTS)
    assert not app.exception
    assert "adapter is damaged" in app.error[0].value
    assert not app.button(key=Key.RESULTS_START).disabled


@pytest.mark.slow
def test_the_comparison_shows_verdict_chart_and_tables(taught, open_page):
    app = open_page(View.RESULTS)
    assert not app.exception
    assert not app.error
    assert {"**Population**", "**Individuals**", "**Structure**"} <= {m.value for m in app.main.markdown}
    assert any(param["name"] == "temperature" for param in chart_spec(app)["params"])
    questions, methods = app.dataframe[0].value, app.dataframe[1].value
    assert len(questions) == taught.n_questions
    assert {"Tuned model", "Model before tuning"} <= set(methods["Method"])


@pytest.mark.slow
def test_another_question_or_the_population_changes_the_chart(taught, open_page):
    app = open_page(View.RESULTS)
    first = chart_spec(app)
    question = surveys.load(cached.workspace(), taught.id).codebook.questions[1].column
    app.selectbox(key=Key.RESULTS_QUESTION).set_value(question).run()
    second = chart_spec(app)
    app.segmented_control(key=Key.RESULTS_WHO).set_value(POPULATION).run()
    assert not app.exception
    assert first != second != chart_spec(app)


@pytest.mark.slow
def test_moving_a_demographic_changes_the_mix_without_a_new_simulation(taught, open_page):
    app = open_page(View.RESULTS)
    before = json.loads(app.get("vega_lite_chart")[2].proto.spec)
    for option, share in (("Woman", 90), ("Man", 10)):
        app.multiselect(key=Key.RESULTS_MIX.of(taught.id)).set_value(["gender"]).run()
        app.slider(key=Key.RESULTS_MIX.of(taught.id, "gender", option)).set_value(share).run()
    assert not app.exception
    assert not app.error
    assert json.loads(app.get("vega_lite_chart")[2].proto.spec) != before
    assert len(simulations.list_simulations(cached.workspace(), taught.id)) == 1


@pytest.mark.slow
def test_another_decoder_and_a_filter_act_on_the_same_scores(taught, open_page):
    app = open_page(View.RESULTS)
    before = app.dataframe[0].value
    app.radio(key=Key.RESULTS_DECODER.of(taught.id)).set_value("greedy").run()
    assert not app.exception
    assert not app.dataframe[0].value.equals(before)
    demographic = surveys.load(cached.workspace(), taught.id).codebook.demographics[0]
    group = app.multiselect(key=Key.RESULTS_GROUP.of(taught.id, demographic.column))
    group.set_value([demographic.options[0]]).run()
    assert not app.exception
    assert app.error or app.dataframe[0].value["n"].max() < before["n"].max()


@pytest.mark.slow
def test_every_figure_and_the_temperature_per_type_can_be_seen(taught, open_page):
    app = open_page(View.RESULTS)
    app.segmented_control(key=Key.RESULTS_FIGURES).set_value(TOPLINES).run()
    app.radio(key=Key.RESULTS_TEMPERATURE.of(taught.id)).set_value("by_type").run()
    assert not app.exception
    assert {"Entropy gap (nats)", "Mean shift (standard deviations)"} <= set(app.dataframe[1].value["Figure"])
    said = [caption.value for caption in app.caption]
    assert any(text.startswith("Choose one ") for text in said)
    assert any("fell on the answers offered" in text for text in said)


@pytest.mark.slow
def test_a_second_simulation_is_started_beside_the_first(taught, open_page, monkeypatch):
    started = []
    monkeypatch.setattr(process, "start", lambda folder, module: started.append((folder, module)))
    app = open_page(View.RESULTS)
    app.button(key=Key.RESULTS_START).click().run()
    assert not app.exception
    folder = started[0][0]  # the queue asks again for as long as nothing really starts
    assert {(f.id, module) for f, module in started} == {(folder.id, "core.simulation.worker")}
    process.delete(folder)
    assert len(simulations.list_simulations(cached.workspace(), taught.id)) == 1


@pytest.mark.slow
def test_every_view_of_all_questions_and_of_the_structure_is_drawn(taught, open_page):
    ws = cached.workspace()
    (simulation,) = simulations.list_simulations(ws, taught.id)
    open_page(View.TABLES)  # reads the simulation before it is judged, which must not be what stays
    if job := simulations.start_assessment(ws, simulation.id):
        assert jobs.wait(ws, job).state == "done"
    app = open_page(View.RESULTS)
    for key, views in ((Key.RESULTS_ALL, SHOWN_TOGETHER), (Key.RESULTS_STRUCTURE, STRUCTURE_VIEWS)):
        for view in views:
            app.segmented_control(key=key).set_value(view).run()
            assert not app.exception
            assert not app.error
