"""The words of answer scales, with the number each stands for: English, German and Spanish.

A rule is a list of patterns tried in order; the first that is found in a label gives its score.
Only the order of the scores within one rule matters. Patterns expect lower case.
"""

import re

Rule = tuple[tuple[re.Pattern[str], float], ...]


def _rule(*entries: tuple[str, float]) -> Rule:
    return tuple((re.compile(pattern), score) for pattern, score in entries)


NEUTRAL = re.compile(
    r"\bneither\b|\bneutral\b|\bundecided\b|\bno difference\b|(about|stay|remain|much|roughly) the same|"
    r"^the same$|"
    r"\bno change\b|\bweder\b|\bteils\b|\bunentschieden\b|\bgleich\b|^ni\b|\bindiferente\b|\bneutro\b|"
    r"^igual|"
    r"^(a )?moderate$|\bboth equally\b|\bmiddle of the road\b|^mittel"
)
AGAINST = re.compile(
    r"\bdisagree|\boppos|\bdis-?satisf|\bun(satisf|likely|import|willing|comfort|favou?r|happy|interest|"
    r"concern|"
    r"famil|accept|fair|safe|clear|help|pleasant|appeal|attractive|aware|necessary|healthy|reasonable)|"
    r"\bagainst\b|"
    r"\bnegative|\bdislike|\bworse|\bdecreas|\bdeclin|\bliberal|\bleft\b|\bdifficult|\bhard\b|\blehne\b|"
    r"\bablehn|"
    r"\bunzufrieden|\bunwichtig|\bunwahrscheinlich|\bdagegen|\bschlechter|\bin?satisfech|"
    r"\ben desacuerdo|\bimprobable|"
    r"\ben contra\b|\bpeor\b|\bnegativ|\blinks\b|\bizquierda"
)
FOR = re.compile(
    r"\bagree|\bfavou?r|\bsupport|\bsatisf|\blikely|\bimportan|\bwilling|\bcomfort|\bhappy|\binterest|"
    r"\bconcern|"
    r"\bfamiliar|\baccept|\bpositiv|\blike\b|\bbetter|\bimprov|\bincreas|\bconservative|\bright\b|"
    r"\beasy\b|\btrust|"
    r"\bconfident|\bstimme\b.*\bzu\b|\btrifft\b.*\bzu\b|\bzustimm|\bzufrieden|\bwichtig|"
    r"\bwahrscheinlich|\bdafür|\bbesser|"
    r"\bde acuerdo|\bprobable|\ba favor|\bmejor\b|\brechts\b|\bderecha"
)
NOT = re.compile(r"\b(not|nicht|no|nada|isn't|don't)\b")
NOT_DEGREE = _rule(
    (r"\bnot\b.*\bat all\b|\bnothing\b|(überhaupt|gar) (nicht|kein)|\bnada\b|\ben absoluto\b|"
    r"\btotalmente\b", 1.0),
    (r"\bnot (very|so|too|that|really|particularly|especially)\b|\bnicht (sehr|so|besonders)\b|"
    r"\bno (muy|tan)\b", 0.45),
    (r"\beher nicht\b|\bweniger\b", 0.4),
)  # fmt: skip
DEGREE = _rule(
    (r"\b(completely|totally|entirely|extremely|fully|absolutely|definitely|voll|völlig|vollkommen|äußerst|"
     r"extremadamente|totalmente|completamente|absolut)\b", 1.1),
    (r"\b(strongly|strong|stark|firmly)\b", 1.0),
    (r"\b(very|sehr|muy|highly|pretty|greatly|much)\b", 0.9),
    (r"\b(mostly|quite|ziemlich|bastante|considerably|generally)\b", 0.65),
    (r"\b(fairly|moderately|reasonably|mäßig|moderadamente|probably)\b", 0.5),
    (r"\b(somewhat|rather|eher|algo|more or less|partly|teilweise|parcialmente|kind of|lean)\b", 0.4),
    (r"\b(slightly|a little|a bit|little|etwas|ein wenig|wenig|weniger|un poco|poco|ligeramente|leicht|"
    r"mildly|minor)\b", 0.2),
    (r"\b(hardly|barely|kaum|apenas)\b", 0.1),
)  # fmt: skip
PLAIN = 0.7
QUANTITY = _rule(
    (r"^(none|nothing|not at all|no)\b|^(gar |überhaupt )?(keine?|nicht|nichts)\b|^(nada|ningun[oa])\b", 0),
    (r"^(hardly|very little|very few|almost none|kaum|sehr wenige?|muy poc[oa]s?|casi nada)\b", 1),
    (r"^(only )?(a little|a few|not much|not many|little|few)\b|^(ein )?wenige?\b|^(un )?poc[oa]s?\b", 2),
    (r"^(only )?some(what)?\b|^(einige|etwas|algo|algun[oa]s)\b", 3),
    (r"^(a )?(moderate|fair|medium)|^about half\b|^(mittel|teilweise|la mitad)\b", 4),
    (r"^(quite|most)\b|^(ziemlich|die meisten|bastante|la mayoría)\b", 5),
    (r"^(a lot|lots|much|many)\b|^viele?\b|^much[oa]s?\b", 6),
    (r"^(a great deal|very much|an extreme|a huge|all|everything|completely)\b|^(sehr viele?|alles?|"
    r"muchísim[oa]|todo)\b",
     7),
)  # fmt: skip
QUALITY = _rule(
    (r"^(terrible|awful|very (bad|poor)|sehr schlecht|mangelhaft|muy mal[oa]?|pésim[oa])\b", 0),
    (r"^(poor|bad|below average|schlecht|mal[oa]?)\b", 1),
    (r"^(only )?(fair|ok|okay|average|so-so|acceptable|mittelmäßig|befriedigend|ausreichend|regular)\b", 2),
    (r"^(good|above average|gut|buen[oa]?|bien)\b", 3),
    (r"^(very good|sehr gut|muy (buen[oa]?|bien))\b", 4),
    (r"^(excellent|outstanding|ausgezeichnet|hervorragend|excelente)\b", 5),
)
LEVEL = _rule(
    (r"^(very (low|small)|sehr (niedrig|gering|klein)|muy (baj[oa]|pequeñ[oa]))\b", 0),
    (r"^(low(er)?|small|niedrig|gering|klein|baj[oa]|pequeñ[oa]|trivial|beginner|novice)\b", 1),
    (r"^(medium|middle|moderate|mid|mittel|mittlere?|medi[oa]|median[oa]|intermediate)\b", 2),
    (r"^(high(er)?|large|big|hoch|groß|alt[oa]|grande|upper|advanced)\b", 3),
    (r"^(very (high|large|big)|sehr (hoch|groß)|muy (alt[oa]|grande)|extreme|critical|expert)\b", 4),
)
EDUCATION = _rule(
    (r"\bno (formal )?(schooling|education)|kein(en)? (schul)?abschluss|sin estudios", 0),
    (r"(less|lower) than (a )?high|did ?n[o']t (complete|finish)|without|some high school|incomplete", 1),
    (r"\b(primary|elementary|grundschul\w*|primaria|lower secondary|middle school|haupt\w*|"
    r"volksschul\w*)\b", 1.2),
    (r"\b(vocational|trade|apprentic\w*|technical|lehre|\w*ausbildung|formación profesional)\b", 2.2),
    (r"\b(realschul\w*|mittlere reife|eso|secundaria( obligatoria)?)\b", 1.6),
    (r"\bsome (college|university)\b", 3),
    (r"\bassociate", 3.5),
    (r"\b(college graduate|bachelor|undergraduate|four.year|university degree|diplomatura|grado|"
    r"licenciatura)\b", 4),
    (r"\bhigh.?school|\bged\b|\bupper secondary|\ba.levels?\b|\babitur\b|\bbachillerato\b|\bsecondary\b|"
    r"\bmatura\b", 2.5),
    (r"\bprofessional degree", 5.5),
    (r"\b(doctor\w*|ph\.?d|promotion|doctorado)\b", 6),
    (r"\bpost.?graduate|\bgraduate (degree|school|or)|\bmaster|\badvanced degree|\bposgrado", 5),
    (r"\bgraduate\b|\buniversi\w+|\bhochschul\w*|\bstudium\b|\bcollege\b|\bdegree\b", 4.2),
)  # fmt: skip
HOW_OFTEN = _rule(
    (r"\bno longer\b|\bnot any ?more\b|nicht mehr|ya no\b", 0.05),
    (r"^(almost|hardly|nearly|practically) (never|ever|not)|^fast nie|^casi nunca", 0.3),
    (r"\b(never|nie|niemals|nunca|jamás)\b|^not at all$", 0.0),
    (r"\bvery (rarely|seldom)|^sehr selten|^muy rara", 0.4),
    (r"\b(rarely|seldom|infrequently|selten|rara vez|raramente|pocas veces)\b", 0.6),
    (r"\bonce in a while|\boccasional|\bnow and then|\bfrom time to time|\bab und zu|\bgelegentlich|"
    r"\bhin und wieder|"
     r"\bde vez en cuando|\bocasionalmente", 2.0),
    (r"\bsometimes|\bmanchmal|\ba veces|\balgunas veces", 6.0),
    (r"\bhalf (of )?the time|\bdie hälfte|\bla mitad", 20.0),
    (r"\bvery (often|frequently)|\bsehr (oft|häufig)|\bmuy a menudo", 100.0),
    (r"\b(often|frequently|regularly|oft|häufig|regelmäßig|a menudo|frecuentemente|muchas veces)\b|"
    r"con frecuencia", 60.0),
    (r"\balmost always|^nearly always|\bfast immer|\bcasi siempre", 400.0),
    (r"\b(usually|mostly|generally|meistens?|normalmente|generalmente)\b|most of the time|mayor(ía|ia|"
    r") .*veces", 150.0),
    (r"\b(always|immer|siempre|constantly)\b|all (of )?the time|every time", 1000.0),
)  # fmt: skip
PERIODS = _rule(
    (r"\b(hourly|(an|per|every) hour|stündlich|pro stunde|cada hora|por hora)\b", 8766.0),
    (
        r"\b(daily|(a|per|every|each) day|most days|täglich|am tag|pro tag|jeden tag|diari\w*|al día|"
        r"por día|cada día|"
        r"todos los días)",
        365.0,
    ),
    (r"week(ly)?\b|wöchentlich|woche\b|seman(a|al|almente)\b", 52.0),
    (r"month(s|ly)?\b|monatlich|monate?n?\b|\bmes(es)?\b|mensual", 12.0),
    (r"quarter(ly)?\b|vierteljähr|quartal|trimestr", 4.0),
    (r"year(s|ly)?\b|annual|jährlich|jahre?n?\b|\baños?\b|\banual", 1.0),
)
TIMES = _rule(
    (r"\b(several|a few|multiple|many|a couple( of)?) (times|days)|\bmehrmals|\bmehrere? mal|"
    r"\bvarias veces|"
     r"\bmehrmalig|\balgunas veces", 3.0),
    (r"\btwice|\btwo (times|days)|\bzweimal|\bzwei mal|\bdos veces", 2.0),
    (r"\bthree times|\bdreimal|\btres veces", 3.0),
)  # fmt: skip
COUNTED = re.compile(
    r"(\d+)(?:\s*(?:-|–|to|or|bis|a)\s*\d+|\s+(?:or more|oder mehr|o más))?\s*"
    r"(?:times|x|days|mal|tage|veces|días)\b"
)
EVERY = re.compile(r"\b(?:every|alle|cada) (few|couple|other|\d+|paar|pocos)\b")
