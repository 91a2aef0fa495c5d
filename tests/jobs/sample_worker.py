"""A worker that behaves as its spec says, for the tests of `core.jobs`."""

import os
import subprocess
import sys
import time

from core.errors import RecipeError
from core.jobs.reporting import run_worker


def main(folder, reporter):
    spec = folder.spec()
    behaviour = spec["behaviour"]
    sys.stdout.write("worker says hello\n")
    (folder.outputs / "begun").touch()
    if behaviour == "stubborn":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        (folder.outputs / "child").write_text(str(child.pid))
    if behaviour == "mendable":
        raise RecipeError("The rank is too large.", got=4096, fix="Use 8.")
    if behaviour == "memory":
        raise MemoryError
    if behaviour == "bug":
        raise KeyError("secret detail with hf_abcdefgh")
    if behaviour == "environment":
        return {"environment": dict(os.environ), "folder": os.getcwd()}
    if behaviour == "exit":
        sys.exit(9)
    for step in range(1, spec.get("steps", 3) + 1):
        reporter.progress(step, spec.get("steps", 3), "Working")
        reporter.metric(step=step, loss=1 / step)
        if behaviour != "stubborn":
            reporter.check()
        time.sleep(spec.get("pause", 0))
    (folder.outputs / "answer.txt").write_text("42")
    return {"answer": 42}


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1], main))
