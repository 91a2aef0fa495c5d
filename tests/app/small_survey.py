"""A small cut of the example survey: few people, four questions, so that a whole study takes seconds."""

import json

from core.survey.example import example_survey

PEOPLE = 240
DEMOGRAPHICS = ("age", "gender", "region")


def small_survey():
    """CSV and codebook as bytes: three demographics, one question of each type."""
    table, codebook = example_survey(n=PEOPLE)
    book = codebook.to_dict()
    book["title"] = "Small example (generated, not real people)"
    book["demographics"] = [d for d in book["demographics"] if d["column"] in DEMOGRAPHICS]
    by_type = {}
    for question in book["questions"]:
        by_type.setdefault(question["type"], question)
    book["questions"] = list(by_type.values())
    kept = [d["column"] for d in book["demographics"]] + [q["column"] for q in book["questions"]]
    kept += [book["id_column"], book["weight_column"]]
    csv = table[kept].to_csv(index=False).encode("utf-8")
    return csv, json.dumps(book, ensure_ascii=False).encode("utf-8")
