"""Survey data: the survey designer brings the answers in, checks what was understood, confirms."""

from dataclasses import replace

import streamlit as st

from app import access, cached
from app.session import Key, View, choose_study, toast_after_rerun
from app.widgets.codebook_editor import codebook_download, codebook_editor
from app.widgets.import_panel import reading_panel
from app.widgets.notice import errors_shown
from app.widgets.quality_flags import quality_flags
from app.widgets.survey_files import reopen, reopened_survey, survey_files
from app.widgets.survey_summary import survey_summary
from core.studio import surveys

st.title("Survey data")
st.markdown(
    "Drop the file your survey platform exports. What it is and what its columns mean is recognised, shown, "
    "and yours to change; the file itself is kept as it is."
)

study = cached.chosen_study()
if study is not None:
    survey_summary(study)
access.end_of_demo()

with st.container(border=True):
    st.subheader("Add a survey" if study is None else "Add another survey")
    upload = reopened_survey() or survey_files()
    if upload is None and not (study and study.generated):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("No file at hand?")
            if st.button("Load the example survey", key=Key.SURVEY_EXAMPLE, icon=":material/science:"):
                with errors_shown(), st.spinner("Preparing the example survey"):
                    choose_study(surveys.load_example(cached.workspace()).id)
                    toast_after_rerun("The example survey is ready.")
                    st.rerun()

if upload is not None:
    with errors_shown():
        st.subheader("How the file was read")
        draft = cached.draft(upload, reading_panel(upload))
        st.subheader("Check what was understood")
        if draft.guessed:
            st.info(
                "These are guesses from the answers themselves. Correct the role, the question wording, the "
                "type and the order of the answer options where needed, then confirm.",
                icon=":material/edit_note:",
            )
        draft = quality_flags(draft, upload.digest)
        codebook = codebook_editor(draft, upload.digest)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input("Name of the study", codebook.title, key=Key.SURVEY_NAME.of(upload.digest))
            codebook_download(codebook, upload.digest)
            confirm = st.button("Confirm and store", type="primary", key=Key.SURVEY_SAVE)
        if confirm:
            with st.spinner("Storing the survey"):
                named = replace(draft, name=name.strip() or codebook.title)
                record = surveys.save(cached.workspace(), named, codebook)
            reopen(None)
            choose_study(record.id)
            toast_after_rerun("The survey is stored.")
            st.switch_page(View.QUESTIONNAIRE)
