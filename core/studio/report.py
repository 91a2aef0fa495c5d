"""Use cases of the stakeholder report: one self-contained page, or the free static Space that shows it."""

from core.jobs.kind import JobKind
from core.jobs.process import find_finished
from core.publish.space import static_space
from core.report.html import report_html
from core.results.banner import TOPLINES, TableChoice
from core.results.folder import read_results
from core.store.workspace import Workspace

__all__ = ["html", "static_space"]


def html(
    ws: Workspace,
    simulation_id: str,
    temperature: float | str = "auto",
    decoder: str = "expected",
    choice: TableChoice = TOPLINES,
) -> str:
    """Self-contained HTML report of one simulation; with banner tables if `choice` names demographics."""
    folder = find_finished(ws.jobs_folder, simulation_id, JobKind.SIMULATE)
    return report_html(read_results(folder, temperature, decoder), choice)
