"""Roles of columns by their headers: identifier, weight, split, demographic, or left out.

Headers are either short codes ("age_group", "Q5") or whole questions ("What is your age?"). A code is
a demographic when its head word is one ("father_education" is, "work_advantage" is not).
Headers in English, German and Spanish.
"""

import itertools
import re
import unicodedata
from collections.abc import Sequence

_ID = re.compile(
    r"^(respondent|response|case|person|participant|record|panel|user|interview|teilnehmer|"
    r"befragte\w*)?[ _]?"
    r"(id|uuid|guid|number|nr|no|key|caseid|lfdn|serial)$|^(responseid|respondentid|respid|lfdn|"
    r"unnamed 0|index)$"
)
_WEIGHT = re.compile(r"^(\w+ )*(weights?|wgt|wt|weighting|gewicht\w*|pond\w*|peso|factor)( (\w+|\d+))?$")
_SPLIT = re.compile(r"^(data )?(split|fold|set|partition|subset)$")
_LEFT_OUT = (
    (
        r"^(start|end|recorded|submit|creat|modif|last)\w* ?(date|time|ed|at|on)\b|^((interview|survey|"
        r"response) )?"
        r"(time ?stamp|date|date ?time|datum|fecha|zeitstempel)$|^duration|\bduration\b|^progress$|"
        r"^finished$|^status$|^distribution ?channel$|"
        r"^user ?language$|^collector ?id$|^external (data )?reference$|^response ?type$|^custom data",
        "about the interview, not the person",
    ),
    (
        r"\be ?mail\b|\bphone\b|\btelefon\w*|\btel[eé]fono\b|\bip ?address|^ip$|\b(first|last|full|sur|"
        r"recipient) ?name|"
        r"^name$|\bvorname\b|\bnachname\b|\bapellido|\bnombre$|\blatitude\b|\blongitude\b|^(lat|lon|lng)$|"
        r"\brecipient|\bstreet address|\badresse\b|\bdirecci[oó]n$|\bzip ?code\b|\bpostcode\b|"
        r"\bpostal code\b",
        "looks like personal data",
    ),
)
_HEADS = frozenset(
    """age gender sex race ethnicity ethnic hispanic income salary earnings education degree schooling school
    region state country county province district city area urbanicity urban rural location residence
    marital married relationship partner children kids household household_size hh_size home homeowner
    housing tenure employment employed occupation job profession industry work working worker enrolled
    student retired business religion religious faith denomination evangelical attendance church party
    partyid ideology vote voted voting president orientation sexuality sexual height birth birthyear
    born generation language nationality citizenship migration immigrant disability insurance class
    seniority retail military veteran urbanity cars parking device os platform alter geschlecht bildung
    schulabschluss abschluss einkommen haushaltseinkommen bundesland land wohnort stadt ort
    familienstand kinder beruf erwerbstätigkeit erwerbsstatus haushalt haushaltsgröße
    staatsangehörigkeit konfession altersgruppe nettoeinkommen wohnsituation partei geburtsjahr edad
    sexo género genero educación educacion estudios ingresos renta región provincia país pais municipio
    estado_civil hijos estado ocupación ocupacion empleo profesión hogar religión nacionalidad partido
    ideología""".split()
)
_TAIL = frozenset(
    """group groups band bands bracket brackets level levels category categories cat range status code class
    recode rec years year in of under over the type size number nr count 2 3 4 5 6 gruppe gruppen klasse
    stufe grupo nivel highest current household hh home family own annual monthly gross net personal
    total census us usa your my respondent civil marital social""".split()
)
_WHOSE = frozenset(
    """father mother parent parents spouse husband wife partner has have works main primary political
    residential current completed last past present adult people persons do you live""".split()
)
_STEM = re.compile(r"\s+[-–—|]\s+|:\s+|\s*\[")
_IS_FLAG = re.compile(r"^is [a-z]+( [a-z]+){0,2}$")
_ASKED = re.compile(
    r"\b(how old are you|(your|ihr|su|tu) (current |household |annual |highest |total )*(age|gender|sex|"
    r"race|ethnicity|"
    r"income|education|marital status|employment status|occupation|religion|alter|geschlecht|einkommen|"
    r"edad|sexo|"
    r"género|household income|zip code|state|region|country)\b|are you\W*$|"
    r"(household|family|annual) income|level of (education|school)|highest (level|grade|degree)|"
    r"grade of school|"
    r"marital status|(census|what|which) (region|state)|year (were you|of birth)|born in|"
    r"(state|country|region|area|province|place) (do you|where you|you) (currently )?live|"
    r"where (do )?you live|"
    r"children (under|in your|do you have)|have (any )?children|sexual orientation|employment status|"
    r"(political|party) (affiliation|identification)|identify (yourself )?as|you describe your(self)?|"
    r"(own|rent) (or rent |your )|present religion|ethnic background|"
    r"wie alt sind sie|in welchem (bundesland|jahr|land)|höchste\w* (schul|bildungs)|familienstand|"
    r"berufstätig|"
    r"cuántos años|cuál es su (edad|sexo|género|nivel)|estado civil|nivel de (estudios|ingresos|"
    r"educación)|vive usted)",
)


def header_words(header: str) -> str:
    """The header in lower case with separators as spaces: ``"AgeGroup_2"`` gives ``"age group 2"``."""
    text = unicodedata.normalize("NFC", header).replace("\u2019", "'")
    text = re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])", " ", text)
    return " ".join(re.sub(r"[_\-./\s:]+", " ", text).lower().split())


def is_id_header(header: str) -> bool:
    """Whether the header names an identifier.

    Examples
    --------
    >>> is_id_header("respondent_id"), is_id_header("ResponseId"), is_id_header("paid")
    (True, True, False)
    """
    return bool(_ID.match(header_words(header)))


def is_weight_header(header: str) -> bool:
    """Whether the header may name a weight; the values must bear it out."""
    return bool(_WEIGHT.match(header_words(header)))


def is_split_header(header: str) -> bool:
    """Whether the header may name a train, validation and test split."""
    return bool(_SPLIT.match(header_words(header)))


def reason_to_leave_out(header: str) -> str:
    """Why a column should not be used, or an empty text.

    Examples
    --------
    >>> reason_to_leave_out("E-Mail"), reason_to_leave_out("opinion")
    ('looks like personal data', '')
    """
    words = header_words(header)
    return next((reason for pattern, reason in _LEFT_OUT if re.search(pattern, words)), "")


def is_demographic_header(header: str) -> bool:
    """Whether the header names a demographic.

    Examples
    --------
    >>> [is_demographic_header(h) for h in ("father_education", "What is your age?", "work_advantage")]
    [True, True, False]
    """
    words = header_words(header)
    tokens = re.findall(r"[^\W\d_]+|\d+", words)
    if len(tokens) > 4 or "?" in header:
        return bool(_ASKED.search(words))
    if _IS_FLAG.match(words):
        return True
    while tokens and tokens[-1] not in _HEADS and (tokens[-1] in _TAIL or tokens[-1].isdigit()):
        tokens.pop()
    return bool(tokens) and tokens[-1] in _HEADS and all(t in _HEADS | _TAIL | _WHOSE for t in tokens)


def find_batteries(columns: Sequence[tuple[str, Sequence[str]]]) -> list[bool]:
    """Which columns are items of a battery: three or more in a row with one beginning and the same options.

    "How often do you: Bring up your religion" is an item however much it sounds like a demographic.

    Parameters
    ----------
    columns
        Per column, in file order: wording and options.

    Examples
    --------
    >>> scale = ("Never", "Often")
    >>> find_batteries([("Age", ("18-29",)), *((f"Do you: {x}", scale) for x in "abc"), ("Do you: d", ())])
    [False, True, True, True, False]
    """
    stems = [(_STEM.split(text, maxsplit=1)[0], frozenset(options)) for text, options in columns]
    found: list[bool] = []
    for (stem, options), run in itertools.groupby(stems):
        n = len(list(run))
        parted = all(text != stem for text, _ in columns[len(found) : len(found) + n])
        found += [n >= 3 and bool(options) and parted] * n
    return found


def fill_demographics(recognised: list[bool], possible: list[bool]) -> list[bool]:
    """Demographics stand together: up to two unknown columns between two of them are taken too.

    So is one unknown column before a block that starts the file.

    Parameters
    ----------
    recognised
        Per column, in file order: whether its header names a demographic.
    possible
        Whether its answers could be one (few options, not multi-select, not numeric).

    Examples
    --------
    >>> fill_demographics([True, False, True, False, False], [True] * 5)
    [True, True, True, False, False]
    """
    filled = list(recognised)
    places = [i for i, known in enumerate(recognised) if known]
    for left, right in zip(places, places[1:], strict=False):
        gap = range(left + 1, right)
        if len(gap) <= 2 and all(possible[i] for i in gap):
            for i in gap:
                filled[i] = True
    if len(places) >= 2 and places[:2] == [1, 2] and possible[0]:
        filled[0] = True
    return filled
