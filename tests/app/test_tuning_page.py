"""Teach page: presets, starting a job, finding it again, and jobs that stopped."""

import pytest

from app import cached
from app.session import Key, View
from core.jobs import process
from core.jobs.folder import JobFolder
from core.jobs.kind import JobKind
from core.models.machine import Gpu, Machine
from core.store.files import write_json
from core.studio import jobs, surveys
from core.tuning import plan


@pytest.fixture
def not_started(monkeypatch):
    """Jobs are prepared for real but no process is started."""
    monkeypatch.setattr(process, "start", lambda folder, module: None)


def job_of(example, state, recipe=None, **status):
    ws = cached.workspace()
    spec = {"survey_id": example.id, "recipe": recipe or {}}
    folder = JobFolder.create(ws.jobs_folder, "tune", "Tune on the example", spec)
    folder.write_status(state=state, **status)
    return folder


@pytest.mark.parametrize(("preset", "patience"), [("quick", 1), ("standard", 2), ("thorough", 4)])
def test_a_preset_sets_the_patience_and_no_time_limit(example, open_page, not_started, preset, patience):
    app = open_page(View.TUNING)
    app.segmented_control(key=Key.TUNING_PRESET).set_value(preset).run()
    app.button(key=Key.TUNING_START).click().run()
    assert not app.exception
    (job,) = jobs.list_jobs(cached.workspace(), example.id, JobKind.TUNE)
    recipe = jobs.find(cached.workspace(), job.id).spec()["recipe"]
    assert (recipe["patience"], recipe["max_seconds"]) == (patience, None)


def test_a_waiting_job_is_found_again_and_a_second_one_joins_the_queue(example, open_page, not_started):
    app = open_page(View.TUNING)
    app.button(key=Key.TUNING_START).click().run()
    again = open_page(View.TUNING)
    assert not again.exception
    assert again.button(key=Key.TUNING_START).label == "Add to the queue"
    (job,) = jobs.list_jobs(cached.workspace(), example.id, JobKind.TUNE)
    assert not again.button(key=Key.JOB_CANCEL.of(job.id)).disabled
    again.button(key=Key.TUNING_START).click().run()
    assert not again.exception
    newest, oldest = jobs.list_jobs(cached.workspace(), example.id, JobKind.TUNE)
    assert jobs.count_ahead(cached.workspace(), newest.id) == 1


def test_the_run_in_progress_stays_in_sight_when_others_wait(example, open_page, monkeypatch):
    running = job_of(example, "running", step=3, total=10, message="Learning how people answer")
    monkeypatch.setattr(JobFolder, "process", lambda folder: object())
    waiting = [job_of(example, "queued") for _ in range(2)]
    app = open_page(View.TUNING)
    assert not app.exception
    shown = [button.key for button in app.button if button.key.startswith(Key.JOB_CANCEL)]
    assert shown == [Key.JOB_CANCEL.of(folder.id) for folder in (running, *waiting)]


def test_a_running_job_can_be_stopped_and_kept(example, open_page, monkeypatch):
    folder = job_of(example, "running", step=3, total=10)
    monkeypatch.setattr(JobFolder, "process", lambda folder: object())
    app = open_page(View.TUNING)
    app.button(key=Key.JOB_KEEP.of(folder.id)).click().run()
    assert not app.exception
    assert folder.keep_flag.exists()
    assert app.run().button(key=Key.JOB_KEEP.of(folder.id)).disabled


def test_a_failed_job_says_why_and_can_be_started_again(example, open_page):
    job_of(example, "failed", error="The computer ran out of memory.", finished=1.0)
    app = open_page(View.TUNING)
    assert not app.exception
    assert "ran out of memory" in app.error[0].value
    assert not app.button(key=Key.TUNING_START).disabled


def test_a_killed_worker_shows_as_interrupted_with_what_to_do(example, open_page):
    job_of(example, "running", step=3, total=10)
    app = open_page(View.TUNING)
    assert not app.exception
    assert "start it again" in app.warning[0].value
    assert not app.button(key=Key.TUNING_START).disabled


def test_a_finished_job_leads_on_and_shows_its_gain(example, open_page):
    folder = job_of(example, "done", step=10, total=10)
    figures = {"validation_nll": 1.25, "untuned_validation_nll": 1.5, "marginals_validation_nll": 1.3}
    write_json(folder.outputs / "result.json", figures)
    app = open_page(View.TUNING)
    assert not app.exception
    assert [metric.value for metric in app.metric] == ["1.250", "1.500", "1.300"]
    assert not app.warning
    write_json(folder.outputs / "result.json", figures | {"validation_nll": 1.35})
    assert "Let it learn longer" in open_page(View.TUNING).warning[0].value


def test_a_base_model_that_cannot_be_is_explained(example, open_page):
    app = open_page(View.TUNING)
    app.selectbox(key=Key.TUNING_BASE).set_value("other").run()
    app.text_input(key=Key.TUNING_OTHER_BASE).set_value("no such folder/at all/..").run()
    assert not app.exception
    assert "no such base model" in app.error[0].value


def test_what_several_gpus_will_do_is_said_before_the_start(example, open_page, monkeypatch):
    gpus = (Gpu("NVIDIA L40", 48 * 10**9, 47 * 10**9),) * 4
    machine = Machine(memory=256 * 10**9, free_memory=250 * 10**9, cores=32, core_speed=40e9, gpus=gpus)
    monkeypatch.setattr(plan, "this_machine", lambda: machine)
    app = open_page(View.TUNING)
    app.selectbox(key=Key.TUNING_BASE).set_value("meta-llama/Llama-2-70b-hf").run()
    assert "turn on gradient checkpointing under Advanced" in " ".join(text.value for text in app.error)
    app.toggle(key=Key.TUNING_CHECKPOINTING).set_value(True).run()
    told = " ".join(text.value for text in app.caption)
    assert "The base model is sharded over 4 GPUs" in told
    assert "4 NVIDIA GPUs" in told


def test_a_model_that_is_not_here_is_downloaded_before_a_start(example, open_page, not_started):
    app = open_page(View.TUNING)
    app.selectbox(key=Key.TUNING_BASE).set_value("meta-llama/Llama-2-70b-hf").run()
    assert not app.exception
    assert app.button(key=Key.TUNING_START).disabled
    assert "accept conditions" in " ".join(c.value for c in app.caption)
    assert any("GB" in box.value for box in (*app.error, *app.warning, *app.caption))
    app.button(key=Key.TUNING_DOWNLOAD).click().run()
    assert not app.exception
    (job,) = jobs.list_jobs(cached.workspace(), kind=JobKind.DOWNLOAD)
    assert job.title == "Download of meta-llama/Llama-2-70b-hf"


def test_advanced_settings_and_hold_out_questions_reach_the_job(example, open_page, not_started):
    column = surveys.load(cached.workspace(), example.id).codebook.questions[0].column
    app = open_page(View.TUNING)
    app.selectbox(key=Key.TUNING_PENALTY).set_value("distance").run()
    app.number_input(key=Key.TUNING_SLOPE).set_value(4.0)
    app.toggle(key=Key.TUNING_DORA).set_value(True)
    app.selectbox(key=Key.TUNING_TARGETS).set_value("cells")
    app.multiselect(key=Key.TUNING_HOLD_OUT.of(example.id)).set_value([column])
    app.button(key=Key.TUNING_START).click().run()
    assert not app.exception
    (job,) = jobs.list_jobs(cached.workspace(), example.id, JobKind.TUNE)
    recipe = jobs.find(cached.workspace(), job.id).spec()["recipe"]
    assert (recipe["penalty"], recipe["penalty_slope"], recipe["dora"]) == ("distance", 4.0, True)
    assert (recipe["targets"], recipe["hold_out_questions"]) == ("cells", [column])


def test_ticked_runs_are_compared_and_one_can_be_deleted(example, open_page):
    for rank, adapter in ((8, "lora"), (16, "qlora")):
        recipe = {"base": "embedded", "rank": rank, "adapter": adapter, "epochs": None}
        folder = job_of(example, "done", recipe=recipe)
        write_json(folder.outputs / "result.json", {"validation_nll": 1 / rank, "steps": 5})
    app = open_page(View.TUNING)
    assert not app.exception
    app.session_state[Key.TUNING_RUNS] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    (differ,) = (frame.value for frame in app.dataframe if "Setting" in frame.value.columns)
    assert differ.iloc[:, [0, 1, 2]].to_numpy().tolist() in (
        [["Rank", "16", "8"], ["Method", "QLoRA", "LoRA"]],
        [["Rank", "8", "16"], ["Method", "LoRA", "QLoRA"]],
    )
    (figures,) = (frame.value for frame in app.dataframe if "Figure" in frame.value.columns)
    assert figures["Figure"].tolist() == ["NLL (validation)", "Steps"]
    assert sorted(figures.iloc[0, [1, 2]]) == ["0.062", "0.125"]  # 1 / 16 and 1 / 8
    app.session_state[Key.TUNING_RUNS] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    newest, other = jobs.list_jobs(cached.workspace(), example.id, JobKind.TUNE)
    app.button(key=Key.JOB_DELETE.of(newest.id)).click().run()
    assert not app.exception
    assert jobs.list_jobs(cached.workspace(), example.id, JobKind.TUNE) == [other]
