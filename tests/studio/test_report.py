"""The stakeholder report of a finished simulation."""

from core.studio import report
from core.studio.tables import TableChoice, Whose

pytest_plugins = ("tests.simulation_fixtures",)


def test_a_report_has_banner_tables_only_when_asked_for(workspace, simulation):
    plain = report.html(workspace, simulation)
    broken_down = report.html(workspace, simulation, choice=TableChoice(("sex",), Whose.POPULATION))
    assert "Do you drink tea?" in plain
    assert broken_down.count("Female") > plain.count("Female")
