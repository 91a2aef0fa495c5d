"""Non-substantive answers: don't know, refused, does not apply.

They stay legal answers (a simulation must be able to give them), but are kept out of ordinal
arithmetic and stand last in the list of options. English, German and Spanish.
"""

import re

from core.survey.labels import label_key

_WORDING = re.compile(
    r"""^\W*(
      (i\s+)?(do\s+not|don'?t|cannot|can'?t)\s+(really\s+)?(know|remember|recall|choose|say|answer)\b
    | (i'?m\s+)?(not\s+sure|unsure)\b | dk\b | d/k\b | don'?t\s+know | no\s+(opinion|answer
    |response)\b | unknown$
    | (i\s+)?(would\s+)?(prefer|rather|choose|choosing)\s+not\b | (i'?d|i\s+would)\s+(rather|prefer)\s+not\b
    | decline[ds]?\b | refuse[ds]?\b | refusal\b | skip(ped)?$
    | n\.?/?a\.?(\W.*)?$ | not\s+applicable\b | (this\s+)?(does\s+not|doesn'?t)\s+apply\b | not\s+asked\b
    | (i\s+)?(do\s+not|don'?t)\s+do\s+(this|that)\b | pnts$ | no\s+basis\b
    | (ich\s+)?wei(ß|ss)\s+(es\s+)?(ich\s+)?nicht\b | k\.?\s?a\.?$ | keine\s+(angabe|antwort
    |meinung)\b | verweigert\b
    | kann\s+ich\s+nicht\s+(sagen|beurteilen)\b | möchte\s+ich\s+nicht\b | nicht\s+zutreffend\b
    | trifft\s+(auf\s+mich\s+)?nicht\s+zu$ | weiß\s+ich\s+nicht | unsicher$
    | no\s+(lo\s+)?s(é|e|abe)\b | ns\W?/?\W?nc$ | no\s+contesta\b | sin\s+(respuesta|opinión)\b
    | (prefiero|prefiere)\s+no\b | no\s+(aplica|procede|corresponde)\b | no\s+(estoy\s+)?segur[oa]\b
    | no\s+(me\s+)?(acuerdo|recuerdo)\b | rehús[ao]\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_SCALE_END = re.compile(r"^trifft\b(?!\s+nicht\s+zu$)", re.IGNORECASE)


def find_refusals(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Labels that are non-substantive, in their order.

    Examples
    --------
    >>> find_refusals(("Yes", "No", "Prefer not to say", "N/A - skip, don't know"))
    ('Prefer not to say', "N/A - skip, don't know")
    >>> find_refusals(("trifft zu", "trifft eher nicht zu", "trifft nicht zu", "weiß nicht"))
    ('weiß nicht',)
    """
    on_scale = any(_SCALE_END.match(label) for label in labels)  # "trifft nicht zu" ends a scale here
    return tuple(
        label
        for label in labels
        if _WORDING.match(label_key(label)) and not (on_scale and label.lower().startswith("trifft"))
    )
