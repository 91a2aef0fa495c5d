from app import cached
from app.session import Key, View
from core import studio
from core.jobs import process
from core.store.files import write_json

pytest_plugins = ("tests.app.app_fixtures",)


def test_an_experiment_is_started_and_its_outcome_shown(example, open_page, monkeypatch):
    monkeypatch.setattr(process, "start", lambda folder, module: None)
    app = open_page(View.EXPERIMENTS)
    app.button(key=Key.EXPERIMENT_START).click().run()
    assert not app.exception
    ws = cached.workspace()
    job = studio.latest_experiment(ws, example.id, "taught")
    assert job.title == "Before and after teaching"
    folder = studio.job(ws, job.id)
    rows = [{"name": n, "x": None, "kl": 0.1, "rmse_scaled": 0.2} for n in ("before teaching", "taught")]
    outcome = {"rows": rows, "verdict": "supports", "sentence": "Supported here. KL 0.2 and 0.1."}
    write_json(folder.outputs / "result.json", outcome)
    folder.write_status(state="done", step=1, total=1)
    app = open_page(View.EXPERIMENTS)
    assert not app.exception
    assert "Supported here" in app.success[0].value
    assert len(app.dataframe) == 1
    assert "Taught: Embedded, 150 steps, seed 0." in " ".join(c.value for c in app.caption)
