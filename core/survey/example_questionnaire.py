"""The questionnaire of the example survey, each question with the rule its generated answers follow."""

from dataclasses import dataclass

from core.survey.codebook import Question, QuestionType
from core.survey.example_answers import AnswerRule, Choice, Scale, Slider, Ticks

_AGREE = "Strongly disagree|Disagree|Neither agree nor disagree|Agree|Strongly agree"
_INFORMATION = (
    "Please read this first. Measured over ten years, a battery-electric car costs about 20 % less "
    "to run than a comparable petrol car. New models drive 350 to 500 km on one charge, and a fast "
    "charger adds 200 km in about 15 minutes. Producing the battery causes emissions that are made up for "
    "after about two years. "
)


@dataclass(frozen=True)
class ExampleQuestion:
    """A question and the rule that generates its answers.

    `asked_of` is a demographic and the options whose holders are asked; None: everybody is.
    """

    question: Question
    rule: AnswerRule
    asked_of: tuple[str, tuple[str, ...]] | None = None


def _ask(column: str, text: str, kind: QuestionType, options: str, unsure: str = "") -> Question:
    labels = tuple(options.split("|"))
    return Question(column, text, kind, labels, None, (unsure,) if unsure else ())


def _slider(column: str, text: str, top: int, unsure: str = "") -> Question:
    return Question(column, text, QuestionType.NUMERIC, (), (0.0, float(top)), (unsure,) if unsure else ())


QUESTIONS: tuple[ExampleQuestion, ...] = (
    ExampleQuestion(
        _ask("test_drive", "Have you ever driven a battery-electric car?", QuestionType.SINGLE, "Yes|No"),
        Choice(((-0.9, 0.5, 0.5, 0.1, 0.2, 0.4, 0.5), (0, 0, 0, 0, 0, 0, 0))),
    ),
    ExampleQuestion(
        _ask(
            "interest",
            "How interested are you in battery-electric cars?",
            QuestionType.ORDINAL,
            "Not at all interested|Slightly interested|Moderately interested|Very interested|"
            "Extremely interested",
        ),
        Scale((-1.3, -0.2, 1.0, 2.3), (0.6, 0.2, 0.2, -0.1, 0.3), group=1.2),
    ),
    ExampleQuestion(
        _ask(
            "long_trips",
            "How often do you make car trips of more than 200 km?",
            QuestionType.ORDINAL,
            "Never|Once a year or less|A few times a year|Once a month|Several times a month|Every week",
        ),
        Scale((-1.6, -0.6, 0.9, 1.9, 3.0), (0.0, 0.4, 0.0, 1.4, 0.2), group=0.0),
    ),
    ExampleQuestion(
        _slider(
            "preference_before",
            "On a scale from 0 (certainly a combustion car) to 100 (certainly a battery-electric car): "
            "which would you prefer today?",
            100,
        ),
        Slider(100, 46, (7, 3, 6, -6, 0), group=17, spread=14),
    ),
    ExampleQuestion(
        _ask(
            "next_car",
            "What will your next car most likely run on?",
            QuestionType.SINGLE,
            "Battery-electric|Plug-in hybrid|Petrol|Diesel|I will not buy a car|I don't know",
            unsure="I don't know",
        ),
        Choice(
            (
                (-0.2, 0.5, 0.4, 0.6, -0.3, 0.0, 1.1),
                (-0.1, 0.1, 0.4, 0.3, 0.1, 0.0, 0.3),
                (0.5, -0.3, -0.1, -0.1, 0.2, 0.1, -0.5),
                (-0.6, -0.4, 0.1, 0.0, 0.9, 0.1, -0.7),
                (-1.1, 0.2, -0.8, -0.4, -1.3, -0.3, 0.0),
                (-1.0, -0.1, -0.2, 0.0, 0.0, -0.2, 0.0),
            )
        ),
    ),
    ExampleQuestion(
        _ask(
            "likelihood",
            "How likely is it that you will buy or lease a battery-electric car within five years?",
            QuestionType.ORDINAL,
            "Very unlikely|Rather unlikely|Rather likely|Very likely|Don't know",
            unsure="Don't know",
        ),
        Scale((-0.6, 0.7, 2.1), (0.5, 0.6, 0.6, -0.3, 0.0), group=1.0, unsure=0.05),
    ),
    ExampleQuestion(
        _ask(
            "barrier",
            "What speaks most against a battery-electric car for you?",
            QuestionType.SINGLE,
            "Price|Range|Charging takes too long|No place to charge|Life of the battery|"
            "Nothing speaks against it",
        ),
        Choice(
            (
                (0.5, 0.0, -0.9, 0.1, 0.0, 0.0, 0.0),
                (0.1, -0.1, 0.2, 0.2, 0.9, 0.0, -0.2),
                (-0.5, 0.0, 0.3, 0.1, 0.4, 0.3, 0.0),
                (0.0, 0.1, 0.0, -1.4, -0.2, 0.0, 0.1),
                (-0.5, -0.5, 0.0, 0.2, 0.0, -0.1, -0.4),
                (-1.0, 0.5, 0.4, 0.5, -0.3, 0.0, 0.9),
            )
        ),
    ),
    ExampleQuestion(
        _ask(
            "benefits",
            "Which advantages of battery-electric cars matter to you? Select all that apply.",
            QuestionType.MULTI,
            "Low running costs|Good for the climate|Quiet|Fun to drive|Charging at home|Tax benefits",
        ),
        Ticks(
            (
                (0.4, 0.0, -0.5, 0.2, 0.4, 0.0, 0.3),
                (0.0, 0.7, 0.0, 0.0, -0.3, -0.3, 0.8),
                (-0.4, -0.2, 0.2, 0.0, -0.2, -0.5, 0.3),
                (-0.9, 0.2, 0.2, 0.0, 0.0, 1.1, 0.5),
                (-0.5, 0.0, 0.1, 1.5, 0.0, 0.0, 0.3),
                (-0.7, 0.0, 0.7, 0.1, 0.1, 0.2, 0.2),
            )
        ),
    ),
    ExampleQuestion(
        _ask(
            "charging_places",
            "Where would you charge a battery-electric car? Select all that apply.",
            QuestionType.MULTI,
            "At home|At work|On the street|At a supermarket|At a motorway fast charger",
        ),
        Ticks(
            (
                (0.6, 0.0, 0.1, 2.0, 0.3, 0.0, 0.1),
                (-0.9, 0.6, 0.4, -0.1, 0.0, 0.1, 0.2),
                (-0.7, 0.3, -0.1, -1.2, -0.4, 0.0, 0.2),
                (-0.5, 0.1, -0.4, -0.5, 0.1, 0.0, 0.2),
                (-0.7, 0.1, 0.3, 0.1, 1.1, 0.2, 0.1),
            )
        ),
    ),
    ExampleQuestion(
        _ask("climate", "Battery-electric cars are good for the climate.", QuestionType.ORDINAL, _AGREE),
        Scale((-2.0, -0.8, 0.4, 2.0), (0.6, 0.1, 0.0, -0.2, -0.2), group=1.1),
    ),
    ExampleQuestion(
        _ask(
            "ban_2035",
            "New petrol and diesel cars should no longer be sold from 2035.",
            QuestionType.ORDINAL,
            _AGREE + "|Don't know",
            unsure="Don't know",
        ),
        Scale((-0.7, 0.3, 1.1, 2.4), (0.7, 0.0, 0.1, -0.6, -0.3), group=1.2, unsure=0.03),
    ),
    ExampleQuestion(
        _ask(
            "range_needed",
            "What range on one charge would you need at least?",
            QuestionType.ORDINAL,
            "Under 200 km|200 to 299 km|300 to 399 km|400 to 499 km|500 km or more",
        ),
        Scale((-2.0, -0.9, 0.5, 1.6), (-0.2, 0.1, -0.2, 1.2, 0.1), group=-0.4),
    ),
    ExampleQuestion(
        _ask(
            "car_satisfaction",
            "How satisfied are you with the car you drive most?",
            QuestionType.ORDINAL,
            "Very dissatisfied|Rather dissatisfied|Neither satisfied nor dissatisfied|Rather satisfied|"
            "Very satisfied",
        ),
        Scale((-3.2, -2.0, -0.9, 0.9), (-0.3, 0.7, 0.1, 0.1, 0.0), group=-0.2),
        asked_of=("cars", ("One", "Two or more")),
    ),
    ExampleQuestion(
        _slider(
            "extra_price",
            "How many percent more would you pay for a battery-electric car than for the same car with a "
            "combustion engine?",
            50,
            unsure="Don't know",
        ),
        Slider(50, 9, (2, 5, 1, -1, 0), group=5, spread=7, heaped=0.7, heap=5, unsure=0.06),
    ),
    ExampleQuestion(
        _slider(
            "preference_after",
            _INFORMATION
            + "On a scale from 0 (certainly a combustion car) to 100 (certainly a battery-electric car): "
            "which would you prefer now?",
            100,
        ),
        Slider(100, 54, (8, 3, 6, -5, 0), group=16, spread=14),
    ),
)
