"""Tuning job: survey snapshot in, adapter and figures out; by one process, or by one for each GPU.

python -m core.tuning.worker JOB_FOLDER
"""

import json
import resource
import sys
import time
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from core.jobs.folder import JobFolder
from core.jobs.reporting import NullReporter, Reporter, run_worker
from core.models.calibration_slope import Calibration
from core.models.catalogue import weights_sha256
from core.models.language_model import LanguageModel
from core.models.loading import LoadedModel, add_adapter, load_base
from core.models.machine import peak_memory
from core.models.memory import Placement
from core.models.processes import ALONE, Processes, run_processes
from core.models.profiles import ProfileScores
from core.models.sharding import shard
from core.survey.respondents import SurveyData
from core.tuning.checkpoint import newest
from core.tuning.data_parallel import DataParallelWorkers
from core.tuning.plan import plan
from core.tuning.progress import ProgressCallback
from core.tuning.recipe import Recipe
from core.tuning.registry import data_hash, machine, versions
from core.tuning.respondent_loss import mean_nll
from core.tuning.result import BaseModel, RunResult
from core.tuning.schedule import check_interval
from core.tuning.setup import TrainingSetup, make_targets
from core.tuning.start import plant_teacher
from core.tuning.stepper import add_gradient
from core.tuning.trainer import train

if TYPE_CHECKING:
    from peft import PeftModel


def main(folder: JobFolder, reporter: Reporter) -> dict[str, Any]:
    """Run the job; returns what `outputs/result.json` holds."""
    reporter.progress(0, 0, "Loading the base model")
    placement = _placement(folder)
    if placement.processes == 1:
        return _as_dict(fine_tune(folder, reporter, ALONE))
    try:
        return run_processes(fine_tune_in_process, str(folder.path), placement.processes, placement.sharded)
    finally:  # this process writes the last status: it goes on from what the first of them reported
        status = folder.status()
        reporter.step, reporter.total, reporter.message = status.step, status.total, status.message


def fine_tune_in_process(processes: Processes, folder_path: str) -> dict[str, Any]:
    """Result of one of several processes as a dictionary; only the first reports, and has one."""
    folder = JobFolder(Path(folder_path))
    return _as_dict(
        fine_tune(folder, Reporter(folder) if processes.first else NullReporter(folder), processes)
    )


def _as_dict(result: RunResult | None) -> dict[str, Any]:
    return result.to_dict() if result else {}


def _placement(folder: JobFolder) -> Placement:
    """Placement that the job asks for, else one for this machine: it may not be the one that made the job."""
    spec = folder.spec()
    if spec.get("processes"):
        return Placement(spec["processes"], bool(spec.get("sharded")))
    data, recipe = SurveyData.read(folder.inputs), Recipe.from_dict(spec["recipe"])
    # planned again here; what was planned for more GPUs than there are now falls back to one process
    fit = plan(recipe, data.codebook, len(data.part("train"))).fit
    if fit is None or fit.placement.processes > torch.cuda.device_count():
        return Placement()
    return fit.placement


def fine_tune(folder: JobFolder, reporter: Reporter, processes: Processes) -> RunResult | None:
    """Result of fine-tuning; the first process alone returns it and writes the adapter."""
    started = time.monotonic()
    recipe = Recipe.from_dict(folder.spec()["recipe"])
    # model: base weights (in 4 bits for QLoRA), fresh LoRA weights, trainable rows for survey words
    loaded = load_base(recipe.base, recipe.adapter, processes.sharded)
    setup = TrainingSetup.of(SurveyData.read(folder.inputs), recipe, loaded, processes)
    model = prepare_model(loaded, setup)
    if processes.sharded:
        shard(model, processes, recipe.base)
    # forked before the first gradient of this process; several processes share their steps by themselves
    workers = (
        DataParallelWorkers(model, partial(add_gradient, recipe=recipe)) if processes.count == 1 else None
    )
    reporter.progress(0, 0, "Reading how groups of respondents answered")
    # labels of the training respondents: answer shares drawn towards a teacher
    targets, smoothing, teacher = make_targets(setup)
    reporter.progress(0, setup.steps, _resuming(folder))
    callback = ProgressCallback(model, setup, folder, reporter)
    state, ending = train(
        model,
        setup.examples(targets),
        recipe,
        setup.steps,
        folder.checkpoints,
        callback,
        check_interval(setup.steps),
        workers,
        processes,
        start=partial(plant_teacher, model, setup, teacher),
    )
    if workers:
        workers.close()
    reporter.progress(state.step, state.step, "Checking on validation respondents")
    # all validation respondents, with the weights that are kept; monitoring may have seen some of them only
    scores = callback.validation_scores(state)
    # from here on, what the setup scores is a blend of the model and its teacher
    setup, blended = setup.blended(teacher, scores)
    figures, calibration = _figures(model, setup, blended)
    # every process takes part in the sum; only then may the others leave
    cpu_seconds, peak_memory = processes.sum(torch.tensor(_used(), dtype=torch.double)).tolist()
    if not processes.first:
        return None
    _save(model, setup, loaded, folder.outputs / "adapter", calibration)
    return replace(
        figures,
        untuned_validation_nll=state.untuned_nll,
        **_blend_figures(setup, scores),
        steps=state.step,
        planned_steps=setup.steps,
        best_step=state.best_step,
        ending=ending,
        seconds=time.monotonic() - started,
        learning_seconds=state.seconds,
        tokens_per_second=callback.tokens_per_second,
        cpu_seconds=cpu_seconds,
        peak_memory_mb=peak_memory,
        **vars(smoothing),
        **_provenance(loaded, setup),
    )


def _blend_figures(setup: TrainingSetup, scores: ProfileScores) -> dict[str, Any]:
    """Fields of `RunResult` about the blend; `scores` are the model's own of the validation respondents."""
    if setup.blend is None:
        return {}
    return {
        "model_validation_nll": mean_nll(scores, setup.validation, setup.items),
        "blend_weight": setup.blend.weight,
    }


def _provenance(loaded: LoadedModel, setup: TrainingSetup) -> dict[str, Any]:
    """Fields of `RunResult` that say what a run was made with, for repeating it."""
    return {
        "base": _base(loaded),
        "template": setup.template,
        "data_hash": data_hash(setup.data),
        "versions": versions(),
        "machine": machine(),
        "processes": setup.processes.count,
        "sharded": setup.processes.sharded,
    }


def _used() -> tuple[float, float]:
    """CPU-seconds of this process and its data-parallel workers, and its peak memory in MB."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage), peak_memory() / 1e6


def prepare_model(loaded: LoadedModel, setup: TrainingSetup) -> "PeftModel":
    """Base model with fresh LoRA weights and trainable rows for survey words, as the recipe asks."""
    recipe = setup.recipe
    model = add_adapter(
        loaded,
        rank=recipe.rank,
        alpha=recipe.alpha,
        token_rows=setup.survey_tokens(),
        dropout=recipe.dropout,
        modules=recipe.modules,
        rslora=recipe.rslora,
        dora=recipe.dora,
        gradient_checkpointing=recipe.gradient_checkpointing,
        seed=recipe.seed,
    )
    model.config.use_cache = False
    plant_teacher(model, setup, None)
    return model


def _resuming(folder: JobFolder) -> str:
    """Message of what is done first: going on after a checkpoint, or scoring the base model."""
    found = newest(folder.checkpoints)
    return (
        f"Going on after step {int(found.name.split('-')[1])}" if found else "Looking at the untaught model"
    )


def _figures(
    model: LanguageModel, setup: TrainingSetup, scores: ProfileScores
) -> tuple[RunResult, Calibration]:
    """Figures and calibration on all validation respondents, whose scores are given."""
    people, items = setup.validation, setup.items
    # temperature and slope correction, by the answers of these respondents
    calibration = setup.calibrate(scores, setup.score_no_persona(model))
    figures = RunResult(
        temperature=calibration.temperature,
        slope_correction=calibration.slope_correction,
        validation_nll=mean_nll(scores, people, items),
        uniform_validation_nll=mean_nll(setup.constant(uniform=True), people, items),
        marginals_validation_nll=mean_nll(setup.constant(uniform=False), people, items),
        in_option_mass=float(np.mean([m.mean() for m in scores.mass.values()])),
    )
    # questions left out of training: the same respondents, against equal probabilities 1 / K
    if setup.held_out:
        unseen = setup.score(model, people, setup.held_out)
        uniform = {
            i.key: np.full((len(people), len(i.answers)), -np.log(len(i.answers))) for i in setup.held_out
        }
        figures = replace(
            figures,
            held_out_validation_nll=mean_nll(unseen, people, setup.held_out),
            held_out_uniform_nll=mean_nll(type(scores)(uniform, {}), people, setup.held_out),
        )
    return figures, calibration


def _base(loaded: LoadedModel) -> BaseModel:
    return BaseModel(loaded.base.id, loaded.base.revision, weights_sha256(loaded.base), loaded.quantisation)


def _save(
    model: "PeftModel", setup: TrainingSetup, loaded: LoadedModel, folder: Path, calibration: Calibration
) -> None:
    """Write the adapter with everything that using it elsewhere needs; no local path, no respondent."""
    model.peft_config["default"].base_model_name_or_path = loaded.base.id
    model.save_pretrained(str(folder), save_embedding_layers=False)  # else peft looks for the base on the Hub
    (folder / "README.md").unlink(missing_ok=True)
    card = {
        "template": setup.template.to_dict(),
        **calibration.to_dict(),
        "base": asdict(_base(loaded)),
        "chat": loaded.talks,
        "phrases": setup.phrases.to_dict(),
        "learned_questions": sorted({i.column for i in setup.items}),
        "codebook": setup.data.codebook.to_publish(),
    }
    if setup.blend is not None:
        card |= setup.blend.write(folder)
    (folder / "understudy.json").write_text(json.dumps(card, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1], main))
