"""Use cases about populations: targets, their diagnosis, building, saved versions, and files of people."""

from collections.abc import Sequence

import pandas as pd

from core.population import building
from core.population import marginals as targets
from core.population.building import UNSEEN_COLUMN
from core.population.diagnosis import Diagnosis
from core.population.figures import PopulationFigures
from core.population.mapping import CategoryMap, TargetSource, apply_maps, suggest_maps
from core.population.marginals import Marginals
from core.population.plan import PopulationPlan
from core.population.public import PUBLIC_MARGINALS, PublicMarginals, public_marginals
from core.population.target_files import CSV_SHAPE, from_json, read_csv_source
from core.population.totals import Unit
from core.report.people_file import PeopleFormat, people_file
from core.store import records
from core.store.records import PopulationRecord
from core.store.workspace import Workspace
from core.survey import library
from core.survey.codebook import Codebook

__all__ = ["CSV_SHAPE", "UNSEEN_COLUMN"]


def survey_marginals(ws: Workspace, survey_id: str) -> Marginals:
    """Marginals of every demographic: weighted shares (0 to 1) among the survey's respondents."""
    return targets.survey_marginals(library.load_survey(ws, survey_id))


def survey_joint(ws: Workspace, survey_id: str, pair: tuple[str, str]) -> dict[tuple[str, str], float]:
    """Interlocking marginal of two demographics: weighted share (0 to 1) of every pair of categories."""
    return targets.survey_joint(library.load_survey(ws, survey_id), pair)


def survey_source(ws: Workspace, survey_id: str) -> TargetSource:
    """Target source from another imported survey: its weighted shares under its own labels."""
    data, record = library.load_survey(ws, survey_id), library.find_survey(ws, survey_id)
    labels = {d.column: d.label for d in data.codebook.demographics}
    own = targets.survey_marginals(data).shares
    shares = {labels[column]: found for column, found in own.items()}
    weighted = "weighted" if data.codebook.weight_column else "unweighted"
    return TargetSource(f"{record.name} ({weighted})", shares, {}, Unit.SHARE)


def list_public() -> tuple[PublicMarginals, ...]:
    """Built-in published marginals."""
    return PUBLIC_MARGINALS


def public_source(key: str) -> TargetSource:
    """Target source from built-in published marginals, with source and year in its name."""
    return public_marginals(key).targets


def match_source(ws: Workspace, survey_id: str, source: TargetSource) -> tuple[CategoryMap, ...]:
    """Mappings of a source's variables to the likeliest demographic and categories of the survey."""
    return suggest_maps(source, library.load_survey(ws, survey_id).codebook)


def use_source(
    ws: Workspace, survey_id: str, source: TargetSource, maps: Sequence[CategoryMap] | None = None
) -> Marginals:
    """Marginals of a source in the survey's categories; with the likeliest mapping unless one is given.

    The `notes` of the result say which categories were matched, merged, split and left out.
    """
    data = library.load_survey(ws, survey_id)
    maps = suggest_maps(source, data.codebook) if maps is None else maps
    return apply_maps(source, maps, targets.survey_marginals(data))


def read_target_file(content: bytes, name: str, codebook: Codebook | None = None) -> Marginals | TargetSource:
    """Marginals of a JSON file in the survey's names, or the variables of a CSV, still to be matched.

    Parameters
    ----------
    content, name
        The file; the ending of its name says which of the two it is.
    codebook
        Checks the names in a JSON file; without one they are checked when the marginals are used.

    Raises
    ------
    MarginalsError, FileError
        If the file is neither, or names a category that the survey does not have.
    """
    if name.lower().endswith(".json"):
        return from_json(content.decode("utf-8", errors="replace"), codebook)
    return read_csv_source(content, name)


def read_targets(ws: Workspace, survey_id: str, content: bytes, name: str) -> Marginals:
    """Marginals of a JSON file in the survey's names, or of a CSV with the likeliest mapping."""
    found = read_target_file(content, name)
    return use_source(ws, survey_id, found) if isinstance(found, TargetSource) else found


def check(ws: Workspace, survey_id: str, plan: PopulationPlan) -> Diagnosis:
    """Diagnosis of a plan: feasibility of its targets, efficiency, missing combinations; nothing is drawn."""
    return building.diagnose(library.load_survey(ws, survey_id), plan)


def build(
    ws: Workspace,
    survey_id: str,
    marginals: Marginals | None = None,
    size: int = 1000,
    seed: int = 0,
    name: str | None = None,
) -> PopulationRecord:
    """Rake the respondents to the marginals (the survey's own if None), draw `size` people, store them.

    `figures` of the record say how well the targets are met.
    """
    return build_from_plan(ws, survey_id, PopulationPlan(marginals, size, seed), name)


def build_from_plan(
    ws: Workspace, survey_id: str, plan: PopulationPlan, name: str | None = None
) -> PopulationRecord:
    """Build and store a population; a name used before for this survey makes its next version."""
    data = library.load_survey(ws, survey_id)
    built = building.build_population(data, plan)
    asked = (plan.marginals or building.own_marginals(data, plan)).to_dict()
    name = name or ("With set targets" if plan.marginals else "Like the respondents")
    described = built.figures.to_dict()
    stored = (survey_id, name, plan.size, plan.seed, asked, described, built.people, plan.to_dict())
    population_id = records.add_population(ws, *stored)
    return records.find_population(ws, population_id)


def figures(record: PopulationRecord) -> PopulationFigures:
    """How well a stored population meets its targets, and what that cost."""
    return PopulationFigures.from_dict(record.figures)


def plan(ws: Workspace, population_id: str) -> PopulationPlan:
    """Plan that a stored population was built from; building it again gives the same people."""
    record = records.find_population(ws, population_id)
    marginals = from_json(record.marginals) if record.marginals else None
    return PopulationPlan.from_dict(record.plan, marginals, record.size, record.seed)


def list_populations(ws: Workspace, survey_id: str | None = None) -> list[PopulationRecord]:
    """Records of the stored populations, newest first; of one survey if given."""
    return records.list_populations(ws, survey_id)


def people(ws: Workspace, population_id: str) -> pd.DataFrame:
    """People of a population, shape (size, n_columns): one row each, one text column per demographic."""
    return records.load_people(ws, population_id)


def file(ws: Workspace, population_id: str, kind: PeopleFormat | str) -> bytes:
    """File of a population's people: CSV (safe to open in a spreadsheet) or Parquet."""
    return people_file(records.load_people(ws, population_id), kind)


def delete(ws: Workspace, population_id: str) -> None:
    """Remove a population; simulations of it keep their own copy of its people."""
    records.delete_population(ws, population_id)
