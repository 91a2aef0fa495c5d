"""What this machine offers, and what a process of it has taken."""

import subprocess
import sys

import numpy as np
import pytest

from core.models.machine import peak_memory


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system tells it otherwise")
def test_a_process_is_not_charged_for_the_memory_of_the_one_that_started_it():
    held = np.ones(50_000_000)  # 400 MB
    assert peak_memory() > held.nbytes
    ask = "from core.models.machine import peak_memory; print(peak_memory())"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert 10e6 < int(told.stdout) < 300e6
