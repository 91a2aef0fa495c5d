"""The memory formula against published figures (sources in the cases), and the sentences made of it."""

from dataclasses import replace

import pytest

from core.models.catalogue import CATALOGUE, find_base, listed
from core.models.download import shape_of
from core.models.machine import Gpu, Machine
from core.models.memory import Placement, TrainingLoad, estimate, memory
from core.models.shape import Shape

LLAMA_7B = listed("meta-llama/Llama-2-7b-hf").shape
LLAMA_13B = listed("meta-llama/Llama-2-13b-hf").shape
LLAMA_70B = listed("meta-llama/Llama-2-70b-hf").shape
LLAMA_65B = Shape(80, 8192, 8192, 8192, 22016, 32000, tied=False)
LLAMA_3_8B = Shape(32, 4096, 4096, 1024, 14336, 128256, tied=False)
SMOL = listed("HuggingFaceTB/SmolLM2-135M").shape
QWEN = listed("Qwen/Qwen2.5-0.5B").shape
LAPTOP = Machine(memory=16 * 10**9, free_memory=10 * 10**9, cores=4, core_speed=40e9)
SERVER = replace(LAPTOP, gpus=(Gpu("NVIDIA L4", 24 * 10**9, 23 * 10**9),))


def gb(shape, tokens, rank, **settings):
    """Every position through the head, as the published figures have it."""
    return memory(shape, TrainingLoad(tokens, tokens, rank, checkpointing=True, **settings)) / 1e9


@pytest.mark.parametrize(
    ("length", "predicted", "published"),
    [(1, 5.8, 6), (2, 6.7, 7), (4, 8.4, 9), (8, 11.9, 12), (16, 18.8, 19), (32, 32.5, 32)],
)
def test_llama_2_7b_at_every_length(length, predicted, published):
    """LLaMA-Factory wiki, "Performance comparison": 4 bits, rank 8, batch 1, A100, measured."""
    found = gb(LLAMA_7B, length * 1024, 8)
    assert found == pytest.approx(predicted, abs=0.06)
    assert found == pytest.approx(published, rel=0.1)


@pytest.mark.parametrize(
    ("shape", "tokens", "rank", "settings", "predicted"),
    [
        (LLAMA_7B, 4 * 1024, 8, {}, 8.4),  # LLaMA-Factory, batch 4: 9
        (LLAMA_7B, 512, 16, {"eight_bit_adam": True}, 5.5),  # unsloth.ai requirements: 5
        (LLAMA_3_8B, 512, 16, {"eight_bit_adam": True}, 7.9),  # 6
        (LLAMA_13B, 512, 16, {"eight_bit_adam": True}, 9.2),  # 8.5
        (LLAMA_70B, 512, 16, {"eight_bit_adam": True}, 40.4),  # 41
        (LLAMA_65B, 512, 64, {}, 49.1),  # QLoRA paper: fits 48 with a paged optimiser
    ],
)
def test_other_models(shape, tokens, rank, settings, predicted):
    assert gb(shape, tokens, rank, **settings) == pytest.approx(predicted, abs=0.1)


@pytest.mark.parametrize(
    ("shape", "adapter", "measured"),
    [(SMOL, "lora", 5.93), (QWEN, "lora", 11.8), (SMOL, "qlora", 6.5), (QWEN, "qlora", 10.8)],
)
def test_on_a_processor_the_estimate_is_near_what_was_measured(shape, adapter, measured):
    """Steps of 8 x 128 tokens in 32 bits with dropout, peak memory of the process (TRAPS A.2)."""
    needed = memory(shape, TrainingLoad(1024, 1024, 16, adapter, dropout=True), on_gpu=False)
    assert needed / 1e9 == pytest.approx(measured, rel=0.25)


@pytest.mark.parametrize(
    ("adapter", "tokens", "positions", "measured"),
    [
        ("qlora", 1280, 16, 4.59),
        ("lora", 1280, 16, 4.41),
        ("qlora", 1140, 45, 4.39),
        ("lora", 1140, 45, 4.05),
    ],
)
def test_bundles_on_a_processor_need_what_was_estimated(adapter, tokens, positions, measured):
    """``bench models``: SmolLM2 135M without dropout; process and helper on two cores."""
    needed = memory(SMOL, TrainingLoad(tokens, positions, 16, adapter), on_gpu=False)
    assert needed / 1e9 == pytest.approx(measured, rel=0.15)


def test_what_fits_says_how_much_it_needs():
    fit = estimate(CATALOGUE[0].shape, TrainingLoad(1024, 120), LAPTOP)
    assert (fit.verdict, fit.sentence) == (
        "fits",
        "Needs about 0.9 GB in memory; 10 GB of 16 GB are free.",
    )


def test_what_does_not_fit_names_the_mildest_change_that_helps():
    lora = estimate(LLAMA_13B, TrainingLoad(512, 60, adapter="lora"), SERVER)
    assert lora.verdict == "too large" and "choose QLoRA instead of LoRA" in lora.sentence
    long = estimate(LLAMA_7B, TrainingLoad(4 * 1024, 120), SERVER)
    assert "turn on gradient checkpointing" in long.sentence


def test_more_than_is_free_now_is_a_warning_and_no_refusal():
    busy = replace(LAPTOP, free_memory=10**9)
    assert estimate(CATALOGUE[0].shape, TrainingLoad(1024, 120), busy).verdict == "tight"


def test_what_can_never_fit_says_so():
    assert "choose a smaller base model" in estimate(LLAMA_70B, TrainingLoad(1024, 120), LAPTOP).sentence
    four = replace(SERVER, gpus=SERVER.gpus * 4)
    found = estimate(LLAMA_70B, TrainingLoad(1024, 120, checkpointing=True), four)
    assert "loading takes 145 GB of main memory: choose a smaller base model" in found.sentence


FOUR_BUNDLES = TrainingLoad(4 * 280, 4 * 26, checkpointing=True, bundles=4)


def server(count, gigabytes, system="Linux x86_64"):
    gpu = Gpu("NVIDIA A100", gigabytes * 10**9, gigabytes * 10**9)
    return replace(LAPTOP, memory=512 * 10**9, gpus=(gpu,) * count, system=system)


@pytest.mark.parametrize(
    ("shape", "machine", "expected"),
    [
        (LLAMA_7B, server(1, 24), Placement(1)),
        (LLAMA_7B, server(2, 24), Placement(2)),
        (LLAMA_7B, server(8, 24), Placement(4)),  # a step has four bundles
        (LLAMA_7B, server(8, 24, "Windows AMD64"), Placement(1)),
        (CATALOGUE[0].shape, server(8, 24), Placement(1)),  # too small to gain from it
        (LLAMA_70B, server(2, 80), Placement(2)),
        (LLAMA_70B, server(2, 48), Placement(2, sharded=True)),
        (LLAMA_70B, server(4, 24), Placement(4, sharded=True)),
        (LLAMA_70B, server(8, 20), Placement(6, sharded=True)),  # no more than it takes
        (LLAMA_70B, server(2, 24), Placement(1)),
        (LLAMA_70B, replace(server(4, 24), memory=64 * 10**9), Placement(1)),
    ],
)
def test_a_run_is_laid_out_as_the_gpus_allow(shape, machine, expected):
    assert estimate(shape, FOUR_BUNDLES, machine).placement == expected


def test_several_gpus_are_told_in_words():
    together = estimate(LLAMA_7B, FOUR_BUNDLES, server(2, 24))
    assert together.sentence.startswith(
        "2 GPUs learn together: each holds the base model and takes its share"
    )
    assert "on each GPU" in together.sentence
    sharded = estimate(LLAMA_70B, FOUR_BUNDLES, server(4, 24))
    assert sharded.sentence.startswith("The base model is sharded over 4 GPUs: each keeps 1/4 of its layers")
    assert "about 145 GB of main memory" in sharded.sentence


def test_what_makes_sharding_possible_is_advised():
    plain = replace(FOUR_BUNDLES, checkpointing=False)
    assert "turn on gradient checkpointing" in estimate(LLAMA_70B, plain, server(4, 24)).sentence


def test_two_gpus_take_half_the_time_of_one():
    one, two = (estimate(LLAMA_7B, FOUR_BUNDLES, server(count, 24)) for count in (1, 2))
    assert two.seconds_per_step == pytest.approx(one.seconds_per_step / 2)


def test_a_sharded_model_needs_no_less_than_was_published():
    """peft, docs/source/accelerate/fsdp.md: 70B, rank 8, 2 x 2048 tokens a GPU, two GPUs: 35.6 GB each."""
    needed = memory(LLAMA_70B, TrainingLoad(4096, 4096, 8, checkpointing=True), shards=2) / 1e9
    assert 35.6 <= needed <= 35.6 * 1.15


@pytest.mark.parametrize(
    ("base", "tokens", "prompts", "measured"),
    [
        ("embedded", 1045, 385, 0.108),
        ("embedded", 1057, 328, 0.106),
        ("HuggingFaceTB/SmolLM2-135M", 1134, 40, 9.5),
    ],
)
def test_processor_time_is_about_what_was_measured(base, tokens, prompts, measured):
    """Four bundles a step, on cores of 99 GFLOP/s: comma_2014, religion_2016, comma_2014."""
    shape = shape_of(find_base(base)) if base == "embedded" else listed(base).shape
    machine = replace(LAPTOP, core_speed=99e9, cores=1)
    load = TrainingLoad(tokens, prompts, bundles=4)
    assert estimate(shape, load, machine).seconds_per_step == pytest.approx(measured, rel=0.2)


def test_cores_share_the_bundles_of_a_step():
    seconds = [
        estimate(SMOL, FOUR_BUNDLES, replace(LAPTOP, cores=cores)).seconds_per_step for cores in (1, 2, 4, 16)
    ]
    assert seconds == pytest.approx([seconds[0] / share for share in (1, 2, 4, 4)])


def test_a_faster_machine_takes_less_time():
    load = TrainingLoad(1024, 120)
    slow, fast = estimate(SMOL, load, LAPTOP), estimate(SMOL, load, SERVER)
    assert fast.seconds_per_step < slow.seconds_per_step / 100
