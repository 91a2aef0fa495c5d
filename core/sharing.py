"""What leaves this machine for the Hugging Face Hub: the adapter and its card.

The use cases of the publish page; `core.studio` passes them on. The token of a push is used for the call
and never stored.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from core.comparison.compare import Comparison
from core.jobs.folder import JobFolder
from core.jobs.process import find_jobs
from core.publish import preflight as checks
from core.publish import pull, push, staging
from core.publish.card import CardContext, model_card
from core.publish.preflight import Preflight
from core.publish.push import PushResult
from core.results import finished_job, read_results
from core.simulation.job import KIND as SIMULATE
from core.store.workspace import Workspace
from core.survey.respondents import SurveyData
from core.tuning.job import KIND as TUNE


def adapter_card(ws: Workspace, run_id: str) -> str:
    """The model card that would be pushed, as Markdown; with the figures of the run's newest simulation."""
    run = finished_job(ws.jobs_folder, run_id, TUNE)
    simulations = [f for f in find_jobs(ws.jobs_folder, SIMULATE) if f.spec().get("run_id") == run_id]
    tested = [folder for folder in simulations if folder.status().state == "done"]
    comparison = read_results(tested[0]).comparison if tested else None
    return model_card(_card_context(run, comparison))


def stage_adapter(ws: Workspace, run_id: str, target: Path) -> Path:
    """Write exactly the files that may leave the machine into `target`, replacing what is there."""
    run = finished_job(ws.jobs_folder, run_id, TUNE)
    shutil.rmtree(target, ignore_errors=True)
    staging.stage_files(run.outputs / "adapter", target, adapter_card(ws, run_id), _base(run))
    return target


def preflight_push(
    ws: Workspace, run_id: str, repo_id: str, token: str | None, private: bool = True
) -> Preflight:
    """Check name, token and files before anything is sent to the Hub."""
    with tempfile.TemporaryDirectory() as folder:
        return checks.preflight(repo_id, token, private, stage_adapter(ws, run_id, Path(folder) / "adapter"))


def push_run(
    ws: Workspace,
    run_id: str,
    repo_id: str,
    token: str | None,
    private: bool = True,
    on_progress: Callable[[str], None] | None = None,
) -> PushResult:
    """Push a run's adapter and its model card to the Hub."""
    with tempfile.TemporaryDirectory() as folder:
        staged = stage_adapter(ws, run_id, Path(folder) / "adapter")
        return push.push_adapter(staged, repo_id, token, private, on_progress)


def pull_adapter(ws: Workspace, repo_id: str, token: str | None = None) -> Path:
    """Download an adapter from the Hub into the workspace, replacing an earlier copy; returns its folder."""
    checks.check_name(repo_id)
    target = ws.root / "adapters" / repo_id.replace("/", "--")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        fetched = pull.pull_adapter(repo_id, token, Path(folder) / "adapter")
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(fetched, target)
    return target


def _card_context(run: JobFolder, comparison: Comparison | None) -> CardContext:
    data, result, recipe = SurveyData.read(run.inputs), run.result(), run.spec()["recipe"]
    codebook, base = data.codebook, result.get("base") or {}
    held_out = set(recipe.get("hold_out_questions") or ())
    return CardContext(
        title=codebook.title,
        base=_base(run),
        n_train=len(data.part("train")),
        n_validation=len(data.part("validation")),
        n_test=len(data.part("test")),
        n_questions=len([q for q in codebook.questions if q.column not in held_out]),
        demographics=tuple(d.label for d in codebook.demographics),
        base_revision=str(base.get("revision") or ""),
        quantisation=str(base.get("quantisation") or ""),
        template_version=str((result.get("template") or {}).get("version") or ""),
        temperature=result.get("temperature"),
        population_frame=str(codebook.extra.get("population") or ""),
        generated=bool(codebook.extra.get("generated")),
        weighted=codebook.weight_column is not None,
        comparison=comparison,
        run=result,
    )


def _base(run: JobFolder) -> str:
    return str(run.spec()["recipe"].get("base", "embedded"))
