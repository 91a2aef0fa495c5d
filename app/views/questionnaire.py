"""Questionnaire: what was imported, question by question, with the real respondents' topline."""

import streamlit as st

from app import cached
from app.session import Key
from app.widgets.notice import errors_shown, need_study, plain
from app.widgets.tables import table_height
from app.widgets.topline import TYPE_WORDS, question_list, show_topline

st.title("Questionnaire")
study = cached.chosen_study()
if study is None:
    need_study()

with errors_shown():
    data = cached.survey_data(study.id)
    toplines = cached.toplines(study.id)
    questions = data.codebook.questions
    st.markdown(
        f"{len(questions)} questions asked of {len(data):,} respondents, described by "
        f"{len(data.codebook.demographics)} demographics. These are the **real answers** "
        "the model is taught from."
    )
    position = st.selectbox(
        "Question",
        range(len(questions)),
        format_func=lambda i: f"{i + 1}. {questions[i].text}",
        key=Key.QUESTIONNAIRE_QUESTION.of(study.id),
        persist_state="session",
    )
    question = questions[position]
    with st.container(border=True):
        st.markdown(f"**{plain(question.text)}**")
        st.badge(TYPE_WORDS[question.type], color="gray")
        show_topline(toplines[position], data.codebook.weight_column is not None)

    st.subheader("All questions")
    st.dataframe(
        question_list(toplines),
        hide_index=True,
        column_config={
            "No.": st.column_config.NumberColumn(width=45),
            "Question": st.column_config.TextColumn(width=330),
            "Answer options": st.column_config.TextColumn(width=140),
            "Base (n)": st.column_config.NumberColumn(format="localized", width=75),
            "No answer": st.column_config.NumberColumn(format="localized", width=75),
            "Not asked": st.column_config.NumberColumn(format="localized", width=75),
        },
        height=table_height(len(questions)),
        alt="All questions of the survey",
    )
    splits = {part: len(data.part(part)) for part in ("train", "validation", "test")}
    st.caption(
        f"{splits['train']:,} respondents teach the model, {splits['validation']:,} set its temperature, and "
        f"{splits['test']:,} are held out to check it: the model never sees their answers."
    )
