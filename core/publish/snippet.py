"""Snippets for a model card: how to use the adapter; a test runs exactly this text."""

PLACEHOLDER = "OWNER/NAME"


def command_line(repo_id: str) -> str:
    """Shell command that simulates the people of a file."""
    return f"python -m core simulate --adapter {repo_id} --population people.csv --out answers.parquet"


def python_code(repo_id: str, revision: str = "") -> str:
    """Python code that loads the adapter and prints the simulated shares of its first question."""
    pinned = f", revision={revision!r}" if revision else ""
    return f"""
from huggingface_hub import snapshot_download

from core.simulation.standalone import StandaloneAdapter

adapter = StandaloneAdapter.load(snapshot_download({repo_id!r}{pinned}))
person = {{field.column: field.options[0] for field in adapter.codebook.demographics}}
shares = adapter.shares([person])  # one dictionary per person; leave out what you do not know
question = adapter.codebook.questions[0]
print(question.text)
for answer, share in zip(question.items[0].answers, shares[question.items[0].key], strict=True):
    print(f"{{share:6.1%}}  {{answer}}")
""".strip()
