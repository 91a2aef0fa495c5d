import zipfile

pytest_plugins = ("tests.simulation_fixtures",)


def test_a_report_is_a_page_or_the_zip_of_a_space_with_the_same_page(core, simulation, tmp_path):
    page, space = tmp_path / "new" / "tea.html", tmp_path / "tea.zip"
    for out in (page, space):
        assert core("report", simulation, "--out", out)[:2] == (0, {"out": str(out)})
    with zipfile.ZipFile(space) as archive:
        assert archive.read("index.html") == page.read_bytes()
        assert b"title: tea" in archive.read("README.md")
