"""Who and what an utterance speaks of: names of people and places, things, and what is to be noted."""

from __future__ import annotations

import re
from collections.abc import Collection

from jackfield_local.minds.calendar import day_in
from jackfield_local.minds.words import Word, stem, words_of

# Words that frame a request and are never part of the thing asked about.
_FRAME_TEXT = """
after chance enough further more other others
charge pick collect expensive costly cheap long take takes soon fast quick
a about actually ah all also an and any anything are as ask asking at available been buy by call called
can carry check cost costing costs could currently dear deliver delivery did do does doing enquire ever
find for from gave get give go going got had has have hear hello her hers hey hi his how i i'd i'll i'm
i've if in inquire into is it it's its just keep kind know let let's like list look looking lookup many
maybe me mean might much my need new not now obtain of ok okay on one or order our out over part parts
please price priced prices provide put question quickly really right run say search see sell send should
show so some someone sorry sort source spare still stock stocked supply tell that that's the their
theirs them then there there's these they they'll they've this those through to today too touch uh um up
us want wanted was we we've well were what what's whats when whether which who will wish with wonder
wondering would yes you you've your
"""
_FRAME = frozenset(_FRAME_TEXT.split())
_TAIL_TEXT = """
take takes would be will arrive arrives come comes can could soon
again any anymore are at available being by chance cost costing costs currently do does for from go
going got have here in is it left me moment now of on or out over please price priced right set gets get back
shop stock still store supplier thanks thank that the them then there these this to today too up us we with
you your
"""
_TAIL = frozenset(_TAIL_TEXT.split())
_NOT_NAMES_TEXT = """
i i'm i'd i'll i've ok okay hello hi hey yes no mr mrs ms dr miss please thanks what when where who how
is are can could do does did will would the a an and my her his its there this that open close find
search add ask tell give look transfer for ticket tickets note monday tuesday wednesday thursday friday
saturday sunday also then has have any show which whose some every list put create need new customer
name number pull up get under it january february march april may june july august september october november
december
"""
_NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())
_TITLES = r"(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? )"
_NAME = r"[A-Z][\w]*(?:['’\-](?!s\b)\w+)*"
_OWNS = re.compile(
    r"(?:^|\b)(?:my|our|your|his|her|their|an?)(?: \w+['’]s)? $|^(?:My|Our|Your|His|Her|Their) ",
    re.IGNORECASE,
)
_NAMES = re.compile(rf"(?<!\w){_TITLES}?{_NAME}(?: (?:{_NAME}|de|van|der|von|la|al))*(?!\w)")
_INTRODUCED = re.compile(
    r"\b(?:my name is|my name's|name of|named|called|customer is|this is|i am|i'm|name is"
    r"|under(?: the name)?(?: of)?|name)"
    r" +((?!not\b|looking\b|the\b|a\b)[\w'’-]+(?: (?!and\b|with\b|my\b)[\w'’-]+)?)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:in|at|for|over in|of) +(?!(?:the )?(?:moment|shop|store|mornings?"
    r"|afternoons?|evenings?|nights?|weekends?|week|meantime|meanwhile|past|future|end|bath|rain|rush)\b"
    r"|moment|all\b|me\b|stock\b)"
    r"((?:the )?[^\W\d_][\w.'’-]*(?: (?!what\b|when\b|how\b|right\b|now\b|and\b|please\b"
    r"|at\b|today\b|currently\b|then\b|over\b|if\b"
    r"|is\b|do\b|it\b|for\b|when\b|while\b|tomorrow\b|tonight\b|or\b|just\b)[^\W\d_][\w.'’-]*){0,3})",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“]([^\"”]+)[\"”]|(?<!\w)'([^']+)'(?!\w)")
_DICTATED = re.compile(
    r"(?:\b(?:saying|that says|which says|that reads|reading|says|noting"
    r"|to say|the words|with the text|as follows"
    r"|stating)\b(?: that\b)?|\bnote(?:[^.]*?\d+)?,? that\b|\bnote\b[^.?]*?\d+,"
    r"|\b(?:write|put|jot)(?: it)? down\b[^.?]*? that\b|:(?!\d)"
    r"|\bthat(?= (?:the|he|she|it|they|we|i|there|all|a)\b))"
    r"[\s,:]*(.+)$",
    re.IGNORECASE,
)
_FAULT_VERB = (
    r"(?:does|do|did|is|are|was|has|have|had|won't|will not|can't"
    r"|cannot|could not|couldn't|keeps|kept|stopped"
    r"|stops|broke|shows|makes|overheats|fell|got|gets|turns|freezes|crashes|needs|doesn't|isn't|don't|lost|lets"
    r"|smells|went|died|cracked|refuses|shuts|drains|leaks|will|flickers|restarts)"
)
_OWNED = re.compile(
    rf"\b(?:her|his|their|my|the|our|whose|a|an) ((?!ticket\b|new (?:ticket"
    rf"|repair|case|job)\b|customer\b|repair\b|problem\b"
    rf"|note\b|screen is\b)[\w'’.-]+(?: (?!{_FAULT_VERB}\b|with\b|that\b"
    rf"|which\b|and\b|because\b|for\b)[\w'’.-]+){{0,4}})",
    re.IGNORECASE,
)
# "My daughter dropped her iPad" and "my son's iPad" are both about the iPad.
_WHOSE = re.compile(
    r"^(?:.*(?<!\bon)(?<!\bof)(?<!\bin) (?:her|his|my|their) |\w+['’]s (?=\w))", re.IGNORECASE
)
_FAULT = re.compile(
    rf"\b(?:(?:and|but)(?= (?:the|its|my) (?:\w+ ){{1,2}}{_FAULT_VERB}\b)"
    rf"|(?:the )?(?:problem|fault|issue) is(?: that)?|because|since|with|it says|,? ?(?:it|that|which)"
    rf"(?= {_FAULT_VERB}\b)|(?={_FAULT_VERB}\b))[ :,]*(.+)$",
    re.IGNORECASE,
)
_SENTENCE_OF_ITS_OWN = re.compile(
    r"^\s*[.?!]\s+((?!it\b|he\b|she\b|this\b|that\b|they\b|its\b|the problem\b|because\b)[A-Z].+)$",
    re.IGNORECASE,
)
_WHOM_TO_ASK = re.compile(
    r"\b((?i:check|ask|speak|talk|enquire)) (?:with |to )?[A-Z]\w+(?= (?:when|if|whether|about|for|how)\b)"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SPOKEN_EMAIL = re.compile(r"([\w.]+(?: dot \w+)*) at (\w+(?: dot \w+)+)", re.IGNORECASE)


def quoted(text: str) -> str | None:
    """What stands between quotation marks."""
    found = _QUOTED.search(text)
    return (found[1] or found[2]) if found else None


def person_in(text: str) -> str | None:
    """The first name of a person: introduced ("my name is …"), or written with capitals."""
    introduced = _INTRODUCED.search(text)
    candidates = [introduced[1]] if introduced else []
    candidates += [_without_common_ends(found[0]) for found in _NAMES.finditer(text) if _is_name(found, text)]
    for candidate in candidates:
        if introduced and candidate == introduced[1] and candidate[0].islower() and text != text.lower():
            continue  # "I'm after a battery": whoever writes capitals writes names with them
        name = re.sub(r"['’]s$|[.,]$", "", candidate)
        if name and name.lower() not in _NOT_NAMES and day_in(name) is None:
            return name if name != name.lower() else name.title()
    return None


def _is_name(found: re.Match[str], text: str) -> bool:
    """Every sentence begins with a capital: one such word alone is a name only where little follows."""
    if _OWNS.search(text[: found.start()]) or _OWNS.match(found[0]):
        return False  # "my son's PlayStation", "her Dell"
    begins = not text[: found.start()].strip() or text[: found.start()].rstrip()[-1] in ".?!"
    return not begins or " " in found[0] or "." in found[0] or len(words_of(text)) <= 2


def _without_common_ends(name: str) -> str:
    words = name.split()
    while words and words[0].lower().rstrip(".") in _NOT_NAMES - {"mr", "mrs", "ms", "dr", "miss"}:
        words.pop(0)
    while words and words[-1].lower() in _NOT_NAMES:
        words.pop()
    return " ".join(words)


def place_in(text: str) -> str | None:
    """A place: what follows "in", "at" or "for", else the first capitalised name."""
    for found in _PLACE.finditer(text):
        place = re.sub(r"['’]s$|[.,]+$", "", found[1])
        place = re.sub(r"^(?:an? |the )(?:(?:place|city|town|village) (?:called|named|of) )?", "", place)
        if place.lower() not in _FRAME and day_in(place) is None:
            return place if place != place.lower() else place.title()
    return person_in(text)


def thing_in(text: str, own: Collection[str]) -> str | None:
    """The thing asked about: the words left when the frame of the request is taken off at both ends.

    `own` are the tool's own words (stems), which frame a request for it too.
    """
    if (inside := quoted(text)) is not None:
        return inside
    text = _WHOM_TO_ASK.sub(r"\1", text)
    words = words_of(text)
    first, last = 0, len(words)
    while first < last and _frames(words[first], own):
        first += 1
    while last > first and (
        words[last - 1].lower in _TAIL or words[last - 1].lower in {"supplier", "suppliers"}
    ):
        last -= 1
    if first == last:
        return None
    return text[words[first].start : _clause_end(text, words[first].start, words[last - 1].end)]


def _frames(word: Word, own: Collection[str]) -> bool:
    return word.lower in _FRAME or (word.text.islower() and stem(word.lower) in own)


def _clause_end(text: str, start: int, end: int) -> int:
    found = re.search(
        r"[.?!;](?:\s|$)|,\s(?:and|please|can|could|then|if|is|do|does|what|how|when|would|will)\b"
        r"| (?:if|and whether|and when)\b",
        text[start:end],
    )
    return start + found.start() if found else end


def dictated(text: str) -> str | None:
    """The words to be written down: after "saying", a colon, or "that"."""
    if (inside := quoted(text)) is not None:
        return inside
    found = _DICTATED.search(text)
    return _tidy(found[1]) if found else None


def device_in(text: str) -> str | None:
    """What is broken: "her ThinkPad X1", "a laptop", before what is wrong with it."""
    for found in _OWNED.finditer(text):
        device = _WHOSE.sub("", re.sub(r"['’]s$|[.,]$", "", found[1]).strip())
        if device.lower() not in _FRAME and day_in(device) is None:
            return device
    return None


def problem_in(text: str, device: str | None) -> str | None:
    """What is wrong: after "the problem is" or "because", else what is said of the device."""
    rest = text
    if device is not None and device in text:
        rest = text[text.index(device) + len(device) :]
    whole = _SENTENCE_OF_ITS_OWN.search(rest)
    found = whole or _FAULT.search(rest)
    if found is None:
        return None
    said = re.sub(r"^(?:a|an|the) ", "", _tidy(found[1]))
    return said or None


def email_in(text: str) -> str | None:
    """An e-mail address, written or spelt out ("ada dot lopez at example dot com")."""
    if found := _EMAIL.search(text):
        return found[0].rstrip(".")
    if found := _SPOKEN_EMAIL.search(text):
        return re.sub(r" dot ", ".", f"{found[1]}@{found[2]}", flags=re.IGNORECASE).lower()
    return None


def _tidy(text: str) -> str:
    return re.sub(r"(?:,? (?:please|thanks|thank you))?[\s.?!,]*$", "", text, flags=re.IGNORECASE).strip()
