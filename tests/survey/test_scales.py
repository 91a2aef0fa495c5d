"""Known scales come out in order, whatever order the file has them in."""

import random

import pytest

from core.survey.scales import order_options

LOW_TO_HIGH = [
    # agreement
    "Strongly disagree|Disagree|Neither agree nor disagree|Agree|Strongly agree",
    "Completely disagree|Somewhat disagree|Neutral|Somewhat agree|Completely agree",
    "Strongly oppose|Oppose|Favor|Strongly favor",
    "Stimme überhaupt nicht zu|Stimme eher nicht zu|Teils/teils|Stimme eher zu|Stimme voll und ganz zu",
    "Stimme nicht zu|Stimme zu|Stimme voll zu",
    "Trifft überhaupt nicht zu|Trifft eher nicht zu|Trifft eher zu|Trifft voll und ganz zu",
    "Totalmente en desacuerdo|En desacuerdo|Ni de acuerdo ni en desacuerdo|De acuerdo|Totalmente de acuerdo",
    # how important, satisfied, likely or concerned
    "Not at all important|Slightly important|Moderately important|Very important|Extremely important",
    "Very unimportant|Somewhat unimportant|Neither important nor unimportant|Somewhat important|"
    "Very important",
    "Very dissatisfied|Dissatisfied|Neither satisfied nor dissatisfied|Satisfied|Very satisfied",
    "Very unlikely|Unlikely|Neutral|Likely|Very likely",
    "Not at all concerned|Not too concerned|Somewhat concerned|Very concerned",
    "Sehr unzufrieden|Eher unzufrieden|Weder noch|Eher zufrieden|Sehr zufrieden",
    "Überhaupt nicht wichtig|Weniger wichtig|Wichtig|Sehr wichtig",
    "Sehr unwahrscheinlich|Eher unwahrscheinlich|Eher wahrscheinlich|Sehr wahrscheinlich",
    "Muy insatisfecho|Insatisfecho|Ni satisfecho ni insatisfecho|Satisfecho|Muy satisfecho",
    "Nada importante|Poco importante|Bastante importante|Muy importante",
    "Muy improbable|Improbable|Probable|Muy probable",
    # frequency
    "Never|Rarely|Sometimes|Often|Always",
    "Never|Less than once a year|Once a year|A few times a month|At least once a week|Almost every day|Daily",
    "Never|Monthly or less|2-4 times a month|2-3 times a week|4 or more times a week",
    "Nie|Selten|Manchmal|Häufig|Immer",
    "Nie|Mehrmals im Jahr|Mehrmals im Monat|Einmal pro Woche|Mehrmals pro Woche|Täglich",
    "Nunca|Casi nunca|A veces|Casi siempre|Siempre",
    # quantity, quality, level
    "None at all|A little|A moderate amount|A lot|A great deal",
    "Poor|Fair|Good|Very good|Excellent",
    "Sehr schlecht|Schlecht|Mittelmäßig|Gut|Sehr gut",
    "Muy malo|Malo|Regular|Bueno|Muy bueno",
    "Low|Medium|High",
    # education
    "Less than high school|High school graduate|Some college|Bachelor's degree|Master's degree|PhD",
    "Kein Schulabschluss|Hauptschule|Realschule|Abitur|Hochschulabschluss|Promotion",
    "Sin estudios|Primaria|Secundaria|Bachillerato|Universidad|Doctorado",
    # bands
    "Under 18|18-24|25-34|35-44|45-54|55-64|65+",
    "18 - 34|35 - 64|65 and up",
    "Unter 18 Jahre|18 bis 29 Jahre|30 bis 49 Jahre|50 bis 64 Jahre|65 Jahre und älter",
    "Menos de 18 años|18 a 29 años|30 a 49 años|50 años o más",
    "$0-$9,999|$10,000-$24,999|$25,000-$49,999|$100,000-$124,999|$200,000+",
    "Under €1,500|€1,500 to €2,499|€2,500 to €3,999|€4,000 and over",
    "Unter 1.500 €|1.500 bis unter 2.500 €|2.500 bis unter 4.000 €|4.000 € und mehr",
    "Less than $25k|$25k-$50k|$50k-$100k|More than $100k",
    "Less than 6 months|6-12 months|1-2 years|2-5 years|More than 5 years",
    "None|One|Two|Three or more",
    "(0) Not a problem|(1) Trivial|(2) Minor|(3) Major",
    "1 - Not at all|2|3|4|5 - Completely",
]


@pytest.mark.parametrize("scale", LOW_TO_HIGH)
def test_a_known_scale_is_put_in_order(scale):
    labels = scale.split("|")
    for seed in range(3):
        shuffled = random.Random(seed).sample(labels, len(labels))
        assert order_options(shuffled) == labels


@pytest.mark.parametrize(
    "labels",
    [
        "Yes|No|Maybe",
        "Male|Female|Non-binary",
        "City|Suburb|Small town|Countryside",
        "Married|Widowed|Divorced|Separated|Never married",
        "Yes|No|Neutral",
        "Can trust|Can't be too careful|Depends",
        "Voted|Did not vote|Ineligible",
        "Petrol|Diesel|Battery-electric|No car",
        "North|South",
        "White|Black|Hispanic|Asian|Other",
    ],
)
def test_names_are_no_scale(labels):
    assert order_options(labels.split("|")) is None
