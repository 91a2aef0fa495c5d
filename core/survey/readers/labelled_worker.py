"""The child process that reads one SPSS or Stata file: bytes in, Arrow table out.

Started by `labelled.read_labelled`; a refusal is one line of JSON on standard error. Its memory is
limited, because a damaged header can ask for any amount.
"""

import io
import json
import sys

import pyreadstat

from core.errors import FileError
from core.survey.readers.file_format import FileFormat
from core.survey.readers.labelled import pack_table
from core.survey.readers.labelled_values import label_values

_MEMORY = 4 * 1024**3


def main(format: FileFormat) -> int:
    """Read standard input and write the table to standard output; the exit status says whether it worked."""
    content = sys.stdin.buffer.read()
    _limit_memory(_MEMORY + 50 * len(content))
    read = pyreadstat.read_sav if format is FileFormat.SPSS else pyreadstat.read_dta
    try:
        frame, meta = read(io.BytesIO(content), user_missing=True)
        packed = pack_table(label_values(frame, meta))
    except FileError as error:
        return _refuse(error.what, error.got, error.fix)
    except (Exception, MemoryError) as error:  # a damaged file can fail anywhere
        reason = " ".join(str(error).split())[:120].rstrip(".") or type(error).__name__
        fix = "Save it again in the program it comes from, or export it as CSV (UTF-8)."
        return _refuse(f"The {format.label} cannot be read: {reason}.", None, fix)
    sys.stdout.buffer.write(packed)
    return 0


def _refuse(what: str, got: object, fix: str) -> int:
    sys.stderr.write("\n" + json.dumps({"what": what, "got": got, "fix": fix}) + "\n")
    return 1


def _limit_memory(size: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = size if most == resource.RLIM_INFINITY else min(size, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))


if __name__ == "__main__":
    sys.exit(main(FileFormat(sys.argv[1])))
