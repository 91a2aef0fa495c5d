"""The report file: what it says, what it must not hold, and that its slider works without a network."""

import json
import re
import sys
from dataclasses import replace

import pytest
from markupsafe import escape

from core.comparison.resampling import Interval
from core.report.html import report_html
from core.report.verdicts import results_verdicts
from core.results.banner import TableChoice
from core.results.readout import BY_TYPE, ReadoutSettings
from tests.report.report_factory import POPULATION, found_as, made_results

BANNER = TableChoice(by=("age",))


@pytest.fixture(scope="module")
def results():
    return made_results(generated=True, population=POPULATION)


@pytest.fixture(scope="module")
def page(results):
    return report_html(results, BANNER)


def visible(page):
    """The page without scripts and styles."""
    return re.sub(r"<(script|style).*?</\1>", "", page, flags=re.S)


def test_survey_text_is_escaped_everywhere(page):
    text = visible(page)
    assert "Cars &amp; &lt;b&gt;charging&lt;/b&gt;" in text
    assert "<b>charging" not in page
    assert "<i>car" not in page


def test_it_says_what_it_is_and_for_whom(page):
    text = visible(page)
    for sentence in (
        "Generated example",
        "have no margin of error",
        "Tested on 200 respondents kept out of training; temperature 0.80",
        "survey weights applied",
        "1,000 synthetic people",
        "Weighting efficiency: 87 %",
        "Effective base of the survey behind it: 512 respondents",
        "Training shares, same for everyone",
        "Noise floor at this sample size",
        "revision abc123, nf4",
        "Validation label",
        "reporting public opinion",
        "answers would have to move to match the real shares",
        "Largest difference from a target: 0.10 points",
        "1,400 respondents of a survey",
        "Simulated columns have no margin of error and no significance letters",
    ):
        assert sentence in text
    assert not re.search(r"(respondents|people|consumers) (say|said|think|prefer)\b", text)


def test_a_real_survey_is_not_called_an_example(results):
    asked = replace(results, survey=replace(results.survey, generated=False), population=None)
    assert "Generated example" not in report_html(asked)


def test_no_row_of_the_survey_and_no_small_base_is_in_the_file(page):
    assert "person-" not in page
    charts = json.loads(re.search(r'id="charts">(.*?)</script>', page, re.S).group(1))
    for view in charts["views"]:
        assert [q["text"] for q in view["questions"]][-1] == "What is it for?"
        assert len(view["questions"]) == 4
    assert "fewer than 30 real answers: Asked of few" in visible(page)
    assert "<td>Asked of few</td>" not in page
    assert "Asked of few</caption>" not in page


def test_a_stakeholder_reads_the_result_before_any_technical_word(page):
    text = visible(page)
    technical = [text.index(word) for word in ("KL", "NLL", "nats", "divergence")]
    assert text.index("In short") < text.index("All toplines") < text.index("Validation label")
    assert min(technical) > text.index("Validation label")


def test_it_says_how_many_interviews_would_be_as_close_and_what_to_think_of_people_and_groups(results):
    found = replace(
        results.uncertainty, worth=Interval(175.2, 118.0, None), question_worth={"rude": 88.4, "own": None}
    )
    results = found_as(results, uncertainty=found)
    text = visible(report_html(results))
    assert "About 175" in text and "118 to more than this sample can tell" in text
    rows = {
        name: row
        for row in re.findall(r"<tr><td>.*?</tr>", text)
        for name in ("Is it rude", "own a")
        if name in row
    }
    assert rows["Is it rude"].endswith("<td>88</td></tr>")
    assert rows["own a"].endswith("<td>&gt; 180</td></tr>")  # the effective base
    for verdict in results_verdicts(results):
        assert f"{verdict.axis}: {verdict.label}</p>" in text
        assert escape(verdict.sentence) in text


def test_a_temperature_for_each_type_of_question_is_printed_whole(results):
    by_type = results.read(ReadoutSettings(BY_TYPE))
    said = ", ".join(f"{kind} {value:.2f}" for kind, value in by_type.fitted_by_type.items())
    text = visible(report_html(by_type))
    assert said.startswith("single ") and len(by_type.fitted_by_type) == 4
    assert f"kept out of training; temperature {said}, fitted on" in text
    assert f"temperature {said}, answers read as" in text


def test_banner_tables_are_there_when_asked_for(page, results):
    assert "Banner tables" in visible(page)
    assert 'scope="colgroup"' in visible(page)
    without = visible(report_html(results))
    assert "Banner tables" not in without
    assert 'scope="colgroup"' not in without


def test_nothing_is_loaded_from_outside(page):
    outside = re.findall(r'(?:src|href)\s*=\s*"(https?:[^"]+)"', visible(page))
    assert outside == []
    assert page.count("</script>") == 3


def test_a_survey_of_small_questions_only_still_gives_a_report():
    page = report_html(made_results((100, 40, 20)))
    assert "No question has 30 or more real answers" in visible(page)


TEXTS = "[...document.querySelectorAll('#chart svg text')].map(t => t.textContent)"
BARS = "[...document.querySelectorAll('#chart svg .mark-rect path')].map(p => p.getAttribute('d'))"
STEP = """() => new Promise(done => {
  const slider = document.querySelector('#chart input[type=range]');
  const paths = () => [...document.querySelectorAll('#chart svg .mark-rect path')];
  const bars = () => paths().map(p => p.getAttribute('d')).join();
  const before = bars(), start = performance.now();
  slider.stepUp(5);
  slider.dispatchEvent(new Event('input', {bubbles: true}));
  (function wait() { bars() === before ? setTimeout(wait, 0) : done(performance.now() - start); })();
})"""


@pytest.fixture(scope="module")
def opened(page, browser, tmp_path_factory):
    """The report in a browser without a network; fails on any error or request."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page, encoding="utf-8")
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    problems = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
    tab.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else problems.append(r.url))
    tab.goto(path.as_uri())
    tab.wait_for_selector("html[data-ready=yes]", timeout=20_000)
    yield tab
    assert problems == []
    context.close()


@pytest.mark.browser
def test_the_slider_moves_the_simulated_bars_only(opened, results):
    slider = opened.locator("#chart input[type=range]")
    before = opened.evaluate(BARS)
    slider.focus()
    slider.press("Home")
    opened.wait_for_function(f"{TEXTS}.includes('T 0.10')")
    question, texts = results.sweep.questions[0], opened.evaluate(TEXTS)
    assert f"{100 * question.simulated[0, 0]:.1f}%" in texts
    assert f"{100 * question.real[0]:.1f}%" in texts
    assert opened.evaluate(BARS) != before


@pytest.mark.browser
def test_every_step_of_the_slider_moves_the_bars(opened):
    opened.locator("#chart input[type=range]").press("Home")
    times = sorted(opened.evaluate(STEP) for _ in range(11))
    sys.stdout.write(f"slider step to moved bars in the report: median {times[5]:.0f} ms\n")
    assert len(times) == 11  # each waits until the bars have moved


@pytest.mark.browser
def test_another_question_keeps_the_temperature_and_the_width(opened):
    slider = opened.locator("#chart input[type=range]")
    slider.press("End")
    opened.locator("#question").select_option("1")
    opened.wait_for_function(f"{TEXTS}.includes('Yes, very rude') && {TEXTS}.includes('T 3.00')")
    opened.locator("#view").select_option("1")
    opened.wait_for_function(
        f"{TEXTS}.some(t => t.startsWith('Temperature 3.00')) && {TEXTS}.includes('T 3.00')"
    )
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert opened.evaluate(fits)


def test_charts_follow_a_dark_page_and_back(opened):
    colours = "[...document.querySelectorAll('#chart svg .mark-rect path')].map(p => p.getAttribute('fill'))"
    light = opened.evaluate(colours)
    opened.emulate_media(color_scheme="dark")
    opened.wait_for_function(f"({colours}).includes('#F2A05A')")
    assert len(opened.evaluate(colours)) == len(light)
    assert opened.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 24, 28)"
    opened.emulate_media(color_scheme="light")
    opened.wait_for_function(f"({colours}).includes('#E07A1F')")
