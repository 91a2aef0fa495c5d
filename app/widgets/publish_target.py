"""Target of publishing, checked before a run starts so that the push does not fail at its end."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from app import access, cached
from app.session import Key
from app.widgets.hub_fields import repository_field, token_field, visibility_field
from app.widgets.notice import plain
from core.studio import publish

if TYPE_CHECKING:
    from core.publish.preflight import Preflight


@dataclass(frozen=True)
class PublishTarget:
    """Repository, visibility and token; the token lives in the session only."""

    repo: str
    private: bool
    token: str | None

    def check(self, base: str) -> "Preflight | None":
        """Check the target and draw its problems; None if no repository is named."""
        if not self.repo:
            return None
        with st.spinner("Checking that it can be published there"):
            found = publish.preflight_target(self.repo, self.token, self.private, base)
        for problem in found.problems:
            st.error(plain(problem), icon=":material/error:")
        if not found.ok:
            st.caption("Nothing was started. Put this right, or empty the name to teach without publishing.")
        return found


def publish_target() -> PublishTarget:
    """Draw the optional fields; returns the target."""
    with st.expander("Publish it on the Hugging Face Hub afterwards", icon=":material/cloud_upload:"):
        st.caption(
            "Name a repository and the token, the name, and the base model's licence are checked before the "
            "model is taught. You publish with one click when it is done."
        )
        left, right = st.columns(2)
        with left:
            repo = repository_field(Key.TUNING_REPO)
            private = visibility_field(Key.TUNING_PRIVATE)
        with right:
            token = token_field(Key.TUNING_TOKEN)
    return PublishTarget(repo, private, access.token(token))


def remember(run_id: str, target: PublishTarget, check: "Preflight | None") -> None:
    """Store the target with the run, for the publish page; never the token."""
    if check is not None:
        publish.remember_target(cached.workspace(), run_id, check.repo_id, target.private)
