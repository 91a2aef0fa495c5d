# Understudy in a container: the whole app by default, the demonstration with
#   docker build --build-arg REQUIREMENTS=requirements-demo.txt --build-arg DEMO=1 -t understudy-demo .
# Run with a volume for the studies:
#   docker run -p 8501:8501 -v understudy:/workspace understudy
# As a Docker Space on the Hugging Face Hub: sdk: docker and app_port: 8501 in the Space's README.md.
FROM python:3.11-slim

ARG REQUIREMENTS=requirements.txt
ARG DEMO=0

# Spaces run containers as user 1000; nothing here needs more rights than that.
RUN useradd --create-home --uid 1000 understudy \
    && install --directory --owner=understudy --group=understudy /app /workspace
USER understudy
WORKDIR /app

RUN python -m venv /home/understudy/venv
ENV PATH=/home/understudy/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    UNDERSTUDY_WORKSPACE=/workspace \
    UNDERSTUDY_DEMO=$DEMO \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_HEADLESS=true

COPY --chown=understudy:understudy requirements*.txt ./
RUN pip install -r $REQUIREMENTS
COPY --chown=understudy:understudy . .

VOLUME /workspace
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"
CMD ["streamlit", "run", "app/main.py"]
