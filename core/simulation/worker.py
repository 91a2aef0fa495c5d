"""Worker of a simulation job: exact scores of every distinct profile on every item.

python -m core.simulation.worker JOB_FOLDER
"""

import json
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from core.jobs.folder import JobFolder
from core.jobs.reporting import Reporter, run_worker
from core.models.catalogue import weights_sha256
from core.models.chat import encoder_for
from core.models.language_model import LanguageModel
from core.models.loading import LoadedModel, load_adapter, load_base, unpack_for_scoring
from core.models.parallel_scoring import score_on_all_cores
from core.models.profiles import no_persona_profile
from core.prompts.encoding import Encoder
from core.prompts.phrases import Phrases
from core.prompts.template import Template
from core.simulation.known_scores import KnownScores, adapter_digest, score_unknown
from core.simulation.result import ANSWER_TOKENS
from core.simulation.scores import Scores, distinct_profiles
from core.store.files import write_json
from core.survey.codebook import Codebook, Item
from core.survey.respondents import SurveyData
from core.tuning.blend import Blend, taught_items
from core.tuning.registry import versions


def main(folder: JobFolder, reporter: Reporter) -> dict[str, Any]:
    """Run the job; returns the content of `outputs/result.json`.

    The base model is scored too, but only on the survey's own respondents, where it is a baseline. The
    fine-tuned model is also scored on the no-persona prompt, the reference of the slope correction. Before
    that its scores are blended with those of the adapter's teacher.
    """
    started = time.monotonic()
    reporter.progress(0, 0, "Loading the model")
    recipe = folder.spec()["recipe"]
    survey = SurveyData.read(folder.inputs)
    adapter = folder.inputs / "adapter"
    card = json.loads((adapter / "understudy.json").read_text(encoding="utf-8"))
    profiles, n_real, no_persona = _profiles(folder, survey)
    loaded = unpack_for_scoring(load_base(recipe["base"], recipe["adapter"]))
    phrases = Phrases.from_dict(card.get("phrases", {}))
    encoder = encoder_for(loaded.tokenizer, card.get("chat", False), phrases)
    # the base model alone knows none of the survey's phrases
    plain = encoder_for(loaded.tokenizer, card.get("chat", False))
    template = Template.from_dict(card["template"])
    total = (len(profiles) + n_real) * len(survey.items)
    reading = [
        _base(loaded),
        card["template"],
        card.get("chat", False),
        phrases.to_dict(),
        survey.codebook.to_dict(),
        versions(),
    ]

    def score(
        model: LanguageModel, encoder: Encoder, wanted: pd.DataFrame, offset: int, weights: str
    ) -> tuple[Scores, int]:
        def ask(asked: pd.DataFrame) -> Scores:
            ready = len(wanted) - len(asked)

            def on_progress(done: int, _: int) -> None:
                reporter.check()
                told = f", {ready:,} of {len(wanted):,} known already" if ready else ""
                before = offset + ready * len(survey.items)
                reporter.progress(before + done, total, f"Asking every profile every question{told}")

            scores = score_on_all_cores(
                model, encoder, template, survey.codebook, asked, survey.items, on_progress
            )
            return Scores(scores.logprob, scores.mass)

        return score_unknown(KnownScores.beside(folder, survey.items, weights, *reading), wanted, ask)

    untuned, _ = score(loaded.model, plain, profiles.iloc[:n_real], 0, "")
    tuned, known = score(
        load_adapter(loaded, adapter), encoder, profiles, n_real * len(survey.items), adapter_digest(adapter)
    )
    if (blend := Blend.read(adapter, card)) is not None:
        tuned = replace(tuned, logprob=blend.apply(tuned.logprob, profiles, survey.codebook))
    learned = _learned(survey, card)
    tuned = tuned.with_slope_correction(tuned.rows_of(no_persona, learned), card.get("emphasis", 0.0))
    tuned.write(folder.outputs / "scores.parquet")
    untuned.write(folder.outputs / "base_scores.parquet")
    write_json(folder.outputs / ANSWER_TOKENS, {i.key: encoder.answers(i) for i in survey.items})
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "temperature": card["temperature"],
        "cells": len(profiles),
        "known_cells": known,
        "answers": total,
        "in_option_mass": float(np.mean([m.mean() for m in tuned.mass.values()])),
        "untuned_in_option_mass": float(np.mean([m.mean() for m in untuned.mass.values()]))
        if n_real
        else None,
        "seconds": time.monotonic() - started,
        "cpu_seconds": sum(u.ru_utime + u.ru_stime for u in usage),
    }


def _learned(survey: SurveyData, card: Mapping[str, Any]) -> list[Item]:
    """Items of the survey that the adapter was trained on, whatever the columns were called then."""
    taught = taught_items(survey.items, Codebook.from_dict(card["codebook"]))
    columns = card.get("learned_questions", ())
    return [i for i in survey.items if i.key in taught and taught[i.key].column in columns]


def _base(loaded: LoadedModel) -> list[str | None]:
    """What decides the numbers of a base model, besides versions: its weights, precision and processor."""
    base, on_gpu = loaded.base, torch.cuda.is_available()
    computer = torch.cuda.get_device_name() if on_gpu else torch.backends.cpu.get_cpu_capability()
    return [base.id, base.revision, weights_sha256(base), loaded.quantisation, computer]


def _profiles(folder: JobFolder, survey: SurveyData) -> tuple[pd.DataFrame, int, int]:
    """Distinct profiles, how many of them respondents have, and the position of the no-persona prompt.

    The respondents' profiles come first. Writes `cells.parquet`, and `cell_of.npz` with the positions of the
    profile of every respondent ("respondents") and person ("people") and of the no-persona prompt ("blank").
    """
    scored = survey.part(*folder.spec()["respondents"]).profiles
    path = folder.inputs / "people.parquet"
    people = pd.read_parquet(path)[list(scored.columns)] if path.exists() else scored.iloc[:0]
    parts = [scored.astype("string"), people.astype("string"), no_persona_profile(scored)]
    together = pd.concat(parts, ignore_index=True)
    distinct, profile_of = distinct_profiles(together)
    respondents, persons = profile_of[: len(scored)], profile_of[len(scored) : -1]
    distinct.to_parquet(folder.outputs / "cells.parquet", index=False)
    np.savez(folder.outputs / "cell_of.npz", respondents=respondents, people=persons, blank=profile_of[-1])
    # numbered in order of first appearance, so the respondents have the first numbers
    return distinct, int(respondents.max()) + 1 if len(respondents) else 0, int(profile_of[-1])


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1], main))
