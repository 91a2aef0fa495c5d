"""The frame around every page: page config, study picker, navigation.

`streamlit run app/main.py` puts only `app/` on the import path, so the repository root goes first.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st

from app import access, cached
from app.session import Key, View
from app.widgets.notice import show_error
from app.widgets.study_picker import study_picker
from core.errors import SurveyError

ASSETS = ROOT / "app" / "assets"

st.set_page_config("Understudy", page_icon=str(ASSETS / "icon.png"), layout="wide")
st.logo(str(ASSETS / "logo.png"), size="large", icon_image=str(ASSETS / "icon.png"))
st.html(ASSETS / "style.css")

access.require_sign_in()
page = st.navigation(
    {
        "": [st.Page(View.HOME, title="Home", icon=":material/home:", default=True)],
        "Your survey": [
            st.Page(View.SURVEY, title="Survey data", icon=":material/upload_file:"),
            st.Page(View.QUESTIONNAIRE, title="Questionnaire", icon=":material/list_alt:"),
        ],
        "Synthetic sample": [
            st.Page(View.TUNING, title="Teach the model", icon=":material/school:"),
            st.Page(View.POPULATION, title="Population", icon=":material/groups:"),
            st.Page(View.RESULTS, title="Simulate and compare", icon=":material/bar_chart:"),
            st.Page(View.TABLES, title="Toplines and banners", icon=":material/table_chart:"),
            st.Page(View.EXPERIMENTS, title="Experiments", icon=":material/science:"),
        ],
        "Share": [st.Page(View.PUBLISH, title="Report and publish", icon=":material/share:")],
    }
)

try:
    study_picker(cached.surveys())
except SurveyError as error:
    show_error(error)
    st.stop()

access.show_demo_note()
if text := st.session_state.pop(Key.TOAST, None):
    st.toast(text, icon=":material/check_circle:")
page.run()
