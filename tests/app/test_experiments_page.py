from app import cached
from app.session import Key, View
from core.jobs import process
from core.store.files import write_json
from core.studio import experiments, jobs


def finish(folder, sentence):
    rows = [{"name": n, "x": None, "kl": 0.1, "rmse_scaled": 0.2} for n in ("before teaching", "taught")]
    outcome = {"rows": rows, "verdict": "supports", "sentence": sentence}
    write_json(folder.outputs / "result.json", outcome)
    folder.write_status(state="done", step=1, total=1)


def test_an_experiment_is_started_and_its_outcome_shown(example, open_page, monkeypatch):
    monkeypatch.setattr(process, "start", lambda folder, module: None)
    app = open_page(View.EXPERIMENTS)
    app.button(key=Key.EXPERIMENT_START).click().run()
    assert not app.exception
    ws = cached.workspace()
    job = experiments.latest(ws, example.id, "taught")
    assert job.title == "Before and after teaching"
    finish(jobs.find(ws, job.id), "Supported here. KL 0.2 and 0.1.")
    app = open_page(View.EXPERIMENTS)
    assert not app.exception
    assert "Supported here" in app.success[0].value
    assert len(app.dataframe) == 1
    assert "Taught: Embedded, 150 steps, seed 0." in " ".join(c.value for c in app.caption)


def test_one_of_several_outcomes_is_chosen_and_deleted(example, open_page, monkeypatch):
    monkeypatch.setattr(process, "start", lambda folder, module: None)
    ws, recipe = cached.workspace(), experiments.recipe("quick", "embedded")
    for sentence in ("Supported here. The first.", "Supported here. The second."):
        finish(jobs.find(ws, experiments.start(ws, example.id, "taught", recipe)), sentence)
    app = open_page(View.EXPERIMENTS)
    newest, oldest = (outcome.job.id for outcome in experiments.outcomes(ws, example.id, "taught"))
    (choice,) = (box for box in app.selectbox if box.label == "Outcome (2 so far)")
    assert "The second" in app.success[0].value
    choice.select(1).run()
    assert "The first" in app.success[0].value
    assert "teaches those models again" in " ".join(text.value for text in app.markdown)
    app.button(key=Key.JOB_DELETE.of(oldest)).click().run()
    assert not app.exception
    assert [outcome.job.id for outcome in experiments.outcomes(ws, example.id, "taught")] == [newest]
    assert "The second" in app.success[0].value and not any("so far" in b.label for b in app.selectbox)


def test_a_cancelled_experiment_can_be_deleted_and_a_running_one_cannot(example, open_page, monkeypatch):
    monkeypatch.setattr(process, "start", lambda folder, module: None)
    ws, recipe = cached.workspace(), experiments.recipe("quick", "embedded")
    folder = jobs.find(ws, experiments.start(ws, example.id, "taught", recipe))
    key = Key.JOB_DELETE.of(folder.id)
    assert key not in {button.key for button in open_page(View.EXPERIMENTS).button}
    folder.write_status(state="cancelled")
    app = open_page(View.EXPERIMENTS)
    app.button(key=key).click().run()
    assert not app.exception and experiments.latest(ws, example.id, "taught") is None
