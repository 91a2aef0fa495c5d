"""Access to studies: the prepared one in a demonstration, one's own after signing in, else all.

Signing in is only asked for when the secrets hold an `[auth]` block (see Streamlit's `st.login`); then every
user has a workspace of their own, named by a hash of who the sign-in service says they are.
"""

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from core.settings import demo_mode, hub_token, user_workspace, workspace_folder


def is_demo() -> bool:
    """Whether only the prepared study is shown, and nothing can be changed."""
    return demo_mode()


def workspace_name() -> str:
    """Folder of the studies this session may see; the cache key of everything about them."""
    if demo_mode():
        return "demonstration"
    user = _user() if _wants_sign_in() else None
    return str(user_workspace(user) if user else workspace_folder())


def token(typed: str | None = None) -> str | None:
    """Hub token: typed in this session, else of the environment, else of the secrets; None without one."""
    return hub_token(typed, secret("HF_TOKEN"))


def secret(name: str) -> str | None:
    """Secret of that name the app was started with; None without a secrets file."""
    try:
        return st.secrets.get(name)
    except StreamlitSecretNotFoundError:
        return None


def require_sign_in() -> None:
    """Show the sign-in button and stop the page until the user is signed in, where sign-in is set up."""
    if demo_mode() or not _wants_sign_in():
        return
    if _user() is None:
        st.title("Understudy")
        st.markdown("Sign in to see your studies. Nobody else sees them.")
        st.button("Sign in", type="primary", icon=":material/login:", on_click=st.login, key="access.login")
        st.stop()
    with st.sidebar:
        st.caption(f"Signed in as {st.user.get('name') or st.user.get('email') or 'you'}")
        st.button("Sign out", icon=":material/logout:", on_click=st.logout, key="access.logout")


def show_demo_note() -> None:
    """In a demonstration, say on every page that this is one."""
    if demo_mode():
        with st.sidebar:
            st.info(
                "**Demonstration.** A prepared study of invented respondents: look at everything, change "
                "nothing. Install Understudy to pilot your own survey.",
                icon=":material/visibility:",
            )


def end_of_demo() -> None:
    """In a demonstration, end the page here: what follows changes something."""
    if demo_mode():
        st.caption("In your own installation you can go on from here; this demonstration cannot be changed.")
        st.stop()


def _wants_sign_in() -> bool:
    return secret("auth") is not None


def _user() -> str | None:
    """Identifier of the signed-in user, unique across sign-in services; None if nobody is signed in."""
    if not getattr(st.user, "is_logged_in", False):  # the attribute comes with the sign-in package
        return None
    return f"{st.user.get('iss', '')}|{st.user.get('sub') or st.user.get('email')}"
