"""Rows of an export as the bytes of a file."""

import csv
import io


def as_csv(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


SURVEYMONKEY = [
    ["Respondent ID", "Do you drive?", "Which colours?", "", "", "Rate these", "", "Why?"],
    ["", "Response", "Red", "Blue", "Other (please specify)", "Comfort", "Price", "Open-Ended Response"],
    ["1", "Yes", "Red", "Blue", "", "Good", "Bad", "so"],
    ["2", "No", "", "Blue", "pink", "Bad", "Good", ""],
    ["3", "Yes", "", "", "mauve", "Good", "Good", "because"],
]
