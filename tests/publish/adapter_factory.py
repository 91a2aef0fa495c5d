"""An adapter folder as a tuning job leaves it, with a few numbers for weights."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

STUDY = {
    "template": {"version": "1", "order": "question_first"},
    "temperature": 0.9,
    "base": {"id": "understudy/embedded", "revision": None, "quantisation": "nf4 double"},
    "learned_questions": ["tea"],
    "codebook": {
        "title": "Tea",
        "demographics": [{"column": "sex", "label": "Sex", "options": ["Female", "Male"]}],
        "questions": [
            {"column": "tea", "text": "Do you drink tea?", "type": "single", "options": ["Yes", "No"]},
        ],
    },
}


def write_adapter(folder: Path, loaded_from: str = "embedded", **study: object) -> Path:
    """Configuration, weights, `understudy.json` and files that must not be pushed."""
    folder.mkdir(parents=True)
    config = {"peft_type": "LORA", "base_model_name_or_path": loaded_from, "r": 4, "revision": None}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    (folder / "understudy.json").write_text(json.dumps({**STUDY, **study}))
    save_file({"lora_A.weight": np.ones((4, 8), np.float32)}, folder / "adapter_model.safetensors")
    (folder / "README.md").write_text(f"base_model: {loaded_from}")
    (folder / "respondents.parquet").write_bytes(b"PAR1 rows of the survey")
    (folder / "log.txt").write_text("hf_secret")
    return folder


def write_teacher(folder: Path, weight: float = 0.4) -> Path:
    """An adapter with a teacher mixed in, whose numbers nobody reads here."""
    write_adapter(folder, blend={"weight": weight})
    save_file({"effects": np.ones((2, 2), np.float32)}, folder / "stacked_regression.safetensors")
    (folder / "stacked_regression.json").write_text('{"validation_nll": 1.2}')
    return folder
