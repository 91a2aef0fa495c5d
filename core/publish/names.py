"""Names that may leave this machine: the files of a published adapter and its base model."""

import re
from pathlib import Path

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from core.models.catalogue import EMBEDDED, EMBEDDED_ID
from core.publish.hub import name_error

CONFIG, WEIGHTS, STUDY, CARD = (
    "adapter_config.json",
    "adapter_model.safetensors",
    "understudy.json",
    "README.md",
)
FILES = (CONFIG, WEIGHTS, STUDY, CARD)
"""Files that are published of a run: no survey rows, no predictions, no logs."""
TEACHER = ("stacked_regression.safetensors", "stacked_regression.json")
"""Files of the teacher, published too where an adapter has one, see `core.tuning.blend`."""
BLEND = "blend"
"""Key of the teacher's weight in `understudy.json`."""
EMBEDDED_BASE, LOCAL_BASE = EMBEDDED_ID, "understudy/local-base"
"""Public names for a base that is not on the Hub: the one Understudy ships, and somebody's own."""
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?(@[\w.-]+)?")


def check_name(repo_id: str) -> None:
    """Check that a repository name is one the Hub allows.

    Raises
    ------
    HubError
        If it is not.
    """
    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise name_error(repo_id, error) from None


def public_base(base: str) -> str:
    """Public name of a base model: without a path of this machine.

    Parameters
    ----------
    base
        "embedded", a Hub name, or a folder on this machine.

    Examples
    --------
    >>> public_base("embedded"), public_base("meta/llama-3"), public_base("/home/me/secret/base")
    ('understudy/embedded', 'meta/llama-3', 'understudy/local-base')
    """
    if base in (EMBEDDED, EMBEDDED_BASE):
        return EMBEDDED_BASE
    is_name = bool(_HUB_NAME.fullmatch(base)) and not base.startswith((".", "~"))
    return base if is_name and not Path(base).exists() else LOCAL_BASE
