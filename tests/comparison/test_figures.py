from core.comparison.figures import Figures, FloorFigures, mean_figures, mean_floor


def test_means_skip_what_a_question_does_not_have():
    assert mean_figures([Figures(rmse=1.0, kl=1.0), Figures(kl=2.0)]) == Figures(rmse=1.0, kl=1.5)
    assert mean_floor([FloorFigures(kl=1.0), FloorFigures(kl=2.0, w1=0.1)]) == FloorFigures(kl=1.5, w1=0.1)
    assert (mean_figures([]), mean_floor([])) == (Figures(), FloorFigures())
