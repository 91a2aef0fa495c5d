"""Charts and tables of the app and the report, in one place to import from.

Charts are Altair objects with their data inside; `to_specification` makes the JSON that is drawn. Importing
this imports Altair (0.2 s), so what may draw nothing imports it where it draws.
"""

from core.report.chart_parts import TEMPERATURE
from core.report.curves import tradeoff_chart
from core.report.decoder_chart import decoder_chart
from core.report.distribution import distribution_chart
from core.report.experiment_chart import experiment_chart
from core.report.learning_chart import loss_chart, runs_chart
from core.report.marginals_chart import convergence_chart, marginals_chart
from core.report.palette import Theme, palette
from core.report.pyramid import pyramid_chart
from core.report.specification import to_specification
from core.report.structure_charts import association_chart, calibration_chart
from core.report.tables import METHODS, experiment_table, methods_table, questions_table
from core.report.topline_chart import real_topline_chart, topline_chart

__all__ = [
    "METHODS",
    "TEMPERATURE",
    "Theme",
    "association_chart",
    "calibration_chart",
    "convergence_chart",
    "decoder_chart",
    "distribution_chart",
    "experiment_chart",
    "experiment_table",
    "loss_chart",
    "runs_chart",
    "marginals_chart",
    "methods_table",
    "palette",
    "pyramid_chart",
    "questions_table",
    "real_topline_chart",
    "to_specification",
    "topline_chart",
    "tradeoff_chart",
]
