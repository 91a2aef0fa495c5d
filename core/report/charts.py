"""Every chart and table of the app and the report, in one place to import from.

Charts are plain Vega-Lite dictionaries with their data inside: draw them with
``st.vega_lite_chart(chart, width="stretch")`` or embed them in a page.
"""

from core.report.curves import tradeoff_chart
from core.report.decoder_chart import decoder_chart
from core.report.distribution import TEMPERATURE, distribution_chart
from core.report.experiment_chart import experiment_chart, experiment_table
from core.report.learning_chart import loss_chart, runs_chart
from core.report.margins import convergence_chart, marginals_chart
from core.report.palette import Theme, palette
from core.report.pyramid import pyramid_chart
from core.report.structure_charts import association_chart, calibration_chart
from core.report.tables import METHODS, methods_table, questions_table
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
    "topline_chart",
    "tradeoff_chart",
]
