"""The command line: the use cases of `core.studio` without a browser.

``python -m core [--workspace DIR] [--json] COMMAND``. Exit code 0 on success, 2 for something the user can
mend (the message says what, where, the value found and what to do), 1 for a bug, 130 when interrupted.
Ctrl-C cancels the job a command is waiting for. Results go to stdout, progress to stderr. Under ``accelerate
launch`` or ``torchrun`` the first process runs the command; its job starts as many processes of its own.
"""

import signal
import sys
import traceback
from collections.abc import Sequence

from core.cli.console import Console
from core.cli.parser import build_parser
from core.errors import SurveyError
from core.settings import launch

OK, BUG, MENDABLE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    started = launch()
    if started and started.rank > 0:
        return OK
    typed = sys.argv[1:] if argv is None else list(argv)
    args = build_parser(typed).parse_args(typed)
    console = Console(json_wanted=args.json)
    before = signal.signal(signal.SIGTERM, _interrupt)  # `timeout` stops a command as Ctrl-C does
    try:
        console.result(args.run(args, console))
    except SurveyError as error:
        return _fail(console, MENDABLE, error, f"Error: {error}")
    except KeyboardInterrupt:
        return _fail(console, INTERRUPTED, KeyboardInterrupt("Interrupted."), "Interrupted.")
    except Exception as error:
        return _fail(console, BUG, error, f"{traceback.format_exc()}This is a bug in Understudy.")
    finally:
        signal.signal(signal.SIGTERM, before)
    return OK


def _fail(console: Console, code: int, error: BaseException, text: str) -> int:
    console.note(text)
    console.result({"error": str(error), "kind": type(error).__name__})
    return code


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
