import pytest

from core.errors import FileError
from core.survey.readers.encoding import ENCODINGS, decode

GERMAN = "id;Größe;weiß nicht\n1;müßig – „schön“;Straße\n"
SPANISH = "id;¿Cuántos años tiene?\n1;Más de 60 años\n2;país\n"
FRENCH = "id;L’été\n1;déjà vu\n2;garçon\n"
ENGLISH = "id;q\n1;don’t know\n2;I’m “sure” – yes\n"


@pytest.mark.parametrize("text", [GERMAN, SPANISH, FRENCH, ENGLISH])
@pytest.mark.parametrize("encoding", [*ENCODINGS, "utf-8-sig", "utf-16"])
def test_the_encodings_of_survey_software_are_distinguished(text, encoding):
    if encoding == "utf-8":
        assert decode(text.encode(), "a.csv") == (text, "utf-8")
    assert decode(text.encode(encoding), "a.csv")[0] == text


def test_the_encoding_can_be_chosen():
    content = "país\n".encode("mac_roman")
    assert decode(content, "a.csv", "mac_roman") == ("país\n", "mac_roman")
    with pytest.raises(FileError, match=r"not valid UTF-8.*a\.csv, byte 2.*0x92"):
        decode(content, "a.csv", "utf-8")
    with pytest.raises(FileError, match="encoding is not known.*ebcdic"):
        decode(content, "a.csv", "ebcdic")


@pytest.mark.parametrize("content", [b"", b" \n", b"\xef\xbb\xbf\n", "\ufeff \n".encode("utf-16-le")])
def test_an_empty_file_is_said_to_be_empty(content):
    with pytest.raises(FileError, match="The file is empty"):
        decode(content, "a.csv")


def test_binary_data_is_no_text():
    with pytest.raises(FileError, match="binary data"):
        decode(b"a,b\n1,\x00\x01\x02\n", "a.csv")
