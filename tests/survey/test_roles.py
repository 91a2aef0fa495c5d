import pytest

from core.survey.roles import is_demographic_header, is_id_header, reason_to_leave_out


@pytest.mark.parametrize(
    "header",
    [
        "age",
        "Gender",
        "HouseholdIncome",
        "age_group",
        "father_education",
        "children_under_18",
        "is_student",
        "What is your age?",
        "How old are you?",
        "Which state do you live in?",
        "Geschlecht",
        "Alter",
        "Familienstand",
        "In welchem Bundesland wohnen Sie?",
        "sexo",
        "Edad",
        "¿Cuál es su nivel de estudios?",
        "Estado civil",
        "What is your present religion, if any?",
        "works_in_retail",
    ],
)
def test_headers_of_demographics(header):
    assert is_demographic_header(header)


@pytest.mark.parametrize(
    "header",
    [
        "Q5",
        "work_advantage",
        "job_loss",
        "health_tax",
        "kids_table_age",
        "rude_unruly_kids",
        "pay_on_date",
        "Is it rude to bring a baby on a plane?",
        "How satisfied are you with your job?",
        "confidence_business",
    ],
)
def test_headers_of_questions(header):
    assert not is_demographic_header(header)


def test_other_headers():
    assert is_id_header("respondent_id") and is_id_header("CASE ID") and not is_id_header("idea")
    assert reason_to_leave_out("IPAddress") and reason_to_leave_out("StartDate")
    assert not reason_to_leave_out("pay_on_date") and not reason_to_leave_out("rename")
