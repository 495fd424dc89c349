"""Where do the sentences of a letter begin and end?

Spans, never copies: whoever quotes a client quotes an exact stretch of the letter. People on phones leave out capitals,
full stops and the blank after them; others hard-wrap at 72 columns and write "z. B." or "Dr.". A missed end shows more
of the letter, a false one shows less, so in doubt a sentence goes on.
Left out: Thai and Lao, which mark no sentence ends; a line is a sentence there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

EMOJI = "[\u2600-\u27bf\u2b50\u2b55\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\ufe0f\u200d]"
_SMILEY = r"(?:[:;=8][-']?[)(DPpO/|*]{1,3}|<3)"
_FACE = f"(?:{EMOJI}{{1,12}}|{_SMILEY})"
_END = re.compile(
    rf"(?P<mark>[.!?…。！？｡؟۔।॥\u037e]+)(?P<close>[\"'”’“»«)\]]{{0,3}})(?:[ \t]{{0,3}}{_FACE}){{0,6}}"
    rf"|(?P<face>{_FACE}+)"
)
_BULLET = re.compile(r"[ \t]*(?:[-*•–+][ \t]|\(?\d{1,2}[.)][ \t]|[a-z]\)[ \t])")
_SENTENCE_CASE = re.compile(r"[.!?][\"'”’)]?\s+[^\W\d_a-zäöüß]")
_GLUED = re.compile(r"[^\W\d_]{2}$")
_WRAPPED_FROM = 50  # characters: a shorter line was ended by its writer, not by a wrapping mail program
_STANDS_ALONE = "。！？｡"


def _known(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ABBREVIATIONS = _known(
    """dr mr mrs ms prof st jr sr vs approx dept sgt appt hrs inc ltd mme mlle sra srta dott
    bzw ca ggf evtl inkl exkl std stdn hr hrn vgl sog bspw zzgl zb dh ua abs allg bes dgl ehem geb gest
    mind mio mrd nachm vorm urspr jan feb mär apr aug sep sept okt oct nov dez dec"""
)
_BEFORE_A_NUMBER = _known("no nr tel min max fig art kap p pp")
_CLOSES_A_LIST = _known("etc usw usf uvm")
_AFTER_ORDINAL = _known(
    """januar jänner februar märz april mai juni juli august september oktober november dezember mal tag woche monat
    jahr quartal stock klasse platz kapitel termin sitzung gespräch geburtstag hälfte teil"""
)


def sentences(text: str) -> list[Span]:
    """Start and end of each sentence, in order, without blanks at the edges; `text[start:end]` is the sentence.

    Lines of dashes, stars and the like are no sentences.
    """
    shouts_capitals = bool(_SENTENCE_CASE.search(text))
    found: list[Span] = []
    for start, end in _blocks(text):
        cursor = start
        for cut in _cuts(text, start, end, strict=shouts_capitals):
            found.append((cursor, cut))
            cursor = cut
        found.append((cursor, end))
    trimmed = (_trim(text, span) for span in found)
    return [(start, end) for start, end in trimmed if _says_something(text[start:end])]


def _blocks(text: str) -> Iterator[Span]:
    """Stretches that no sentence crosses: paragraphs, list items, and lines their writer ended."""
    start = position = 0
    previous = ""
    for line in text.splitlines(keepends=True):
        here = line.strip()
        if previous and (not here or _starts_anew(previous, line)):
            yield start, position
            start = position
        position += len(line)
        previous = here
    yield start, len(text)


def _starts_anew(previous: str, line: str) -> bool:
    if _BULLET.match(line):
        return True
    goes_on = line.lstrip()[:1].islower()
    return not goes_on and len(previous) < _WRAPPED_FROM


def _cuts(text: str, start: int, end: int, *, strict: bool) -> Iterator[int]:
    for match in _END.finditer(text, start, end):
        if match.end() >= end:
            return
        following = _next(text, match.end(), end)
        if match["face"]:
            if following.isupper() and text[match.end()].isspace():
                yield match.end()
        elif _ends_here(text, match, end, following=following, strict=strict):
            yield match.end()


def _next(text: str, position: int, end: int) -> str:
    """The next character that is no blank; looked for in a short window, as bodies of 50 kB of blanks exist."""
    return text[position : min(end, position + 200)].lstrip()[:1]


def _ends_here(text: str, match: re.Match[str], end: int, *, following: str, strict: bool) -> bool:
    mark = match["mark"]
    if mark[-1] in _STANDS_ALONE:
        return True
    token = _token_before(text, match.start())
    if not text[match.end()].isspace():
        return _ends_without_blank(text, match, token)
    if mark == "…" or (len(mark) > 1 and set(mark) == {"."}):
        return not following.islower()
    if mark != ".":
        return not (match["close"] and following.islower())
    word = re.split(r"\W+", text[match.end() : min(end, match.end() + 40)].strip(), maxsplit=1)[0]
    return _full_stop_ends(
        token, word, following=following, strict=strict, first_of_line=_opens_line(text, match, token)
    )


def _ends_without_blank(text: str, match: re.Match[str], token: str) -> bool:
    """ "slept badly.Then I" ends; "example.org", "7.5", "z.B." and addresses do not."""
    rest = text[match.end() : match.end() + 2]
    if any(sign in token for sign in ("/", "@", "www.")):
        return False
    if match["mark"] in {".", "…"} or set(match["mark"]) == {"."}:
        return bool(_GLUED.search(token)) and token[-1:].islower() and rest[:1].isupper() and not rest[1:].isupper()
    return rest[:1].isalpha()


def _full_stop_ends(token: str, word: str, *, following: str, strict: bool, first_of_line: bool) -> bool:
    """Whether a full stop after `token`, with `word` after a blank, ends more than an abbreviation or an ordinal."""
    stem = token.lower().lstrip("(\"'„“”‚‘«»[")
    goes_on = following.islower()
    if stem.isdigit():
        ordinal = len(stem) <= 2 and (word.lower() in _AFTER_ORDINAL or first_of_line)
        return not ordinal and not goes_on
    if _is_short_form(stem, word):
        return False
    if stem in _CLOSES_A_LIST:
        return following.isupper()
    return not goes_on or (not strict and len(stem) >= 2)


def _is_short_form(stem: str, word: str) -> bool:
    if stem in _ABBREVIATIONS or (stem in _BEFORE_A_NUMBER and word[:1].isdigit()):
        return True
    initials = stem.split(".")
    return (
        stem != "i" and all(len(part) <= 1 for part in initials) and any(part.isascii() and part for part in initials)
    )


def _token_before(text: str, position: int) -> str:
    """The run of non-blanks that ends at `position`; its last 60 characters are enough to know it by."""
    window = text[max(0, position - 60) : position]
    return window.split()[-1] if window and not window[-1].isspace() else ""


def _opens_line(text: str, match: re.Match[str], token: str) -> bool:
    before = text[max(0, match.start() - len(token) - 1) : match.start() - len(token)]
    return before in {"", "\n"}


def _trim(text: str, span: Span) -> Span:
    start, end = span
    body = text[start:end]
    return start + len(body) - len(body.lstrip()), end - (len(body) - len(body.rstrip()))


def _says_something(sentence: str) -> bool:
    return any(sign.isalnum() for sign in sentence) or bool(re.search(_FACE, sentence))
