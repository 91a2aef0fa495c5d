"""Code in a process that starts with the address of the local Hub, as the Hub's client wants it."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOKEN = "hf_goodtokengoodtoken"


def run_with_hub(url, tmp_path, code, timeout=120):
    """Run code in a fresh process whose Hub is the local server; returns the JSON of its last line."""
    environment = {
        **{k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "OMP_NUM_THREADS")},
        "HF_ENDPOINT": url,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "TOKENIZERS_PARALLELISM": "false",
    }
    script = (
        "import json\nfrom pathlib import Path\nfrom core.errors import HubError\n"
        "from core.publish.preflight import preflight\nfrom core.publish.pull import pull_adapter\n"
        "from core.publish.push import push_adapter\n"
        "def attempt(do):\n    try:\n        return str(do())\n    except HubError as error:\n"
        "        return f'HubError: {error}'\n" + textwrap.dedent(code)
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
