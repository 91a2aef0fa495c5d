import io
import zipfile

from huggingface_hub import SpaceCard

from core.publish.space import static_space


def test_a_static_space_is_the_report_and_a_header_the_hub_reads():
    content = static_space("<h1>Tea</h1>", 'Tea: "how" they\nanswer')
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sorted(archive.namelist()) == ["README.md", "index.html"]
        assert archive.read("index.html") == b"<h1>Tea</h1>"
        data = SpaceCard(archive.read("README.md").decode()).data
    assert (data.sdk, data.app_file, data.title) == ("static", "index.html", 'Tea: "how" they answer')
    assert content == static_space("<h1>Tea</h1>", 'Tea: "how" they\nanswer')
