"""What this machine offers, and what a process of it has taken."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from core.models.machine import Gpu, Machine, peak_memory, read_gpus

LAPTOP = Machine(memory=16 * 10**9, free_memory=10 * 10**9, cores=4, core_speed=40e9)
SERVER = replace(LAPTOP, gpus=(Gpu("NVIDIA L4", 24 * 10**9, 23 * 10**9),))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system tells it otherwise")
def test_a_process_is_not_charged_for_the_memory_of_the_one_that_started_it():
    held = np.ones(50_000_000)  # 400 MB
    assert peak_memory() > held.nbytes
    ask = "from core.models.machine import peak_memory; print(peak_memory())"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert 10e6 < int(told.stdout) < 300e6


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (LAPTOP, "no NVIDIA GPU was found"),
        (SERVER, "One NVIDIA GPU"),
        (replace(SERVER, gpus=SERVER.gpus * 2), "2 NVIDIA GPUs (NVIDIA L4, 24 GB)."),
        (replace(SERVER, gpus=SERVER.gpus * 2, system="Windows AMD64"), "one is used"),
        (replace(LAPTOP, system="Darwin arm64"), "Apple computer is not used"),
    ],
)
def test_every_machine_gets_a_sentence(machine, words):
    assert words in machine.device


def test_lines_of_nvidia_smi_that_make_no_sense_are_left_out():
    assert read_gpus("\nNo devices were found\nNVIDIA H100, 81559, [N/A]\n") == ()
