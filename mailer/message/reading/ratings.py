"""Which number did the client give?

"7", "7/10", "seven", "a solid 7", "7.5" are ratings; "between 6 and 7" is 6.5, "7 -> 8" is where it went. "Call me at
7" and "2 kids were ill" are none: so apart from filler ("I'd say about a"), nothing may stand before the number in
its sentence, and behind it only the end or a word that goes on ("because", "this week"). Two sentences that say
different numbers say none.
"""

from __future__ import annotations

import re
from typing import Final

from mailer.message.reading.tables.values import AND, BETWEEN, FILLERS, FOLLOWERS, HALVES, NUMBERS, OUT_OF

LOWEST: Final = 0.0
HIGHEST: Final = 10.0
_LONGEST = 2000  # characters looked at
_MOST_SENTENCES = 12

_WORDS: Final = {word: float(n) for language in NUMBERS.values() for n, word in enumerate(language)}
# "en", "to", "ti", "ni", "un" and others are also small words: they count only alone or before "out of ten".
_AMBIGUOUS: Final = frozenset({"en", "to", "ti", "ni", "un", "um", "uno", "ett", "one", "null", "sei", "sex", "tre"})


def _any(words: tuple[str, ...]) -> str:
    return "|".join(sorted(map(re.escape, set(words)), key=len, reverse=True))


_DIGITS = r"\d{1,2}(?:[.,]\d{1,2}|½|\s?1/2)?"
_NUMBER = rf"(?:{_DIGITS}|{_any(tuple(_WORDS))})(?:[ -]?(?:{_any(HALVES)}))?"
_TEN = rf"(?:10|{_any(tuple(language[10] for language in NUMBERS.values()))})"
_PAIR = re.compile(
    rf"(?:(?:{_any(BETWEEN)})\s)?(?P<low>{_NUMBER})\s?(?:-|–|—|~|\bto\b|\b(?:{_any(AND)})\b)\s?(?P<high>{_NUMBER})"
)
_ARROW = re.compile(rf"{_NUMBER}\s?(?:->|-->|→|=>|➔|➡️?)\s?(?P<to>{_NUMBER})")
_SINGLE = re.compile(rf"(?P<one>{_NUMBER})(?:\s?/\s?{_TEN}|\s(?:{_any(OUT_OF)})\s{_TEN})?")
_BETWEEN = re.compile(rf"(?:{_any(BETWEEN)})\s")
_LABEL = re.compile(r"\s*(?:[*_#>]+|[•-](?=\s)|[a-z]\)|q\d{1,2}[.:)]?|rating:?|score:?)\s*")
_LISTED = re.compile(r"\s*\(?(\d{1,2})[.):]\s+(?=\S)")  # "1. 7": the number of the question, then the answer
_HIGHEST_LISTED = 3  # "7. Mostly the bank." is a rating, "3. Call the bank." a list
_SENTENCE = re.compile(r"\n+|(?<=[.!?;…])\s+|(?<=[^\d\s])[.](?=[A-ZÄÖÜ])")
_TOKEN = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*\.?")
_CLAUSE_END: Final = frozenset(".,;:!?)…–—-(*_~")


def rating(text: str) -> float | None:
    """The number from 0 to 10 a text gives as an answer, or None where it gives none or several."""
    text = text[:_LONGEST].strip()
    listed = _LISTED.match(text)
    if listed is not None:
        behind = rating(text[listed.end() :])
        if behind is not None or int(listed[1]) <= _HIGHEST_LISTED or not text[listed.end()].isupper():
            return behind
    found: list[float] = []
    for number, sentence in enumerate(_SENTENCE.split(text)[:_MOST_SENTENCES]):
        value = _of_sentence(sentence.strip(), first=number == 0)
        if value is not None and value not in found:
            found.append(value)
    return found[0] if len(found) == 1 else None


def is_bare_rating(line: str) -> bool:
    """Whether a line is a number and nothing else: "7", "7/10.", "seven"."""
    text = line.strip(" \t.!,;:*_").lower()
    for shape in (_ARROW, _PAIR, _SINGLE):
        if shape.fullmatch(text):
            return rating(text) is not None
    return False


def _of_sentence(sentence: str, *, first: bool) -> float | None:
    """The rating one sentence gives; later sentences must say a little more than a number in passing."""
    lowered = sentence.lower().replace("at least", "least").replace("at most", "most")
    label = _LABEL.match(lowered)
    for text in [lowered] + ([lowered[label.end() :]] if label and label.end() else []):
        start = _after_filler(text)
        if start is None:
            continue
        value, end = _number_at(text, start)
        if value is None or not _may_end(text, end):
            continue
        if first or start or end >= len(text.rstrip(" .!")) - 1 or "/" in text[:end]:
            return value
    return None


def _after_filler(text: str) -> int | None:
    """Where the number starts once filler is passed; None where another word comes first."""
    at = 0
    while at < len(text):
        if text[at] in " \t*_~≈\"'“„:,=(+":
            at += 1
            continue
        if _starts_number(text, at):
            return at
        word = _TOKEN.match(text, at)
        if word is None or word.group().rstrip(".") not in FILLERS:
            return None
        at = word.end()
    return None


def _starts_number(text: str, at: int) -> bool:
    between = _BETWEEN.match(text, at)
    found = _SINGLE.match(text, between.end() if between else at)
    if found is None or _glued(text, found.end()):
        return False
    word = found.group()
    return (
        word not in _AMBIGUOUS or not text[found.end() :].strip(" .!") or not re.match(r"\s[^\W_]", text[found.end() :])
    )


def _glued(text: str, end: int) -> bool:
    """Whether the number runs on: "7th", "70", "7:30", "7%", "7h"."""
    rest = text[end : end + 2]
    return bool(rest) and (rest[0].isalnum() or rest[0] in "%€$£°" or (rest[0] in ":.," and rest[1:].isdigit()))


def _number_at(text: str, start: int) -> tuple[float | None, int]:
    """The value of the number expression at `start` and where it ends."""
    arrow = _ARROW.match(text, start)
    if arrow is not None and not _glued(text, arrow.end()):
        return _scaled(arrow["to"]), arrow.end()
    pair = _PAIR.match(text, start)
    if pair is not None and not _glued(text, pair.end()):
        low, high = _scaled(pair["low"]), _scaled(pair["high"])
        if low is not None and high is not None and 0 < high - low <= 3:
            tail = _SINGLE.match(text, pair.start("high"))
            return (low + high) / 2, tail.end() if tail else pair.end()
    single = _SINGLE.match(text, start)
    return (_scaled(single["one"]), single.end()) if single is not None else (None, start)


def _may_end(text: str, end: int) -> bool:
    """Whether what follows a number lets it be a rating."""
    rest = text[end:]
    bare = rest.lstrip(" \t*_~\"'”“")
    if not bare:
        return True
    if bare[0] in _CLAUSE_END:
        return not (bare[0] in ".,-–" and bare[1:2].isdigit()) and not re.match(r",\s?\d", bare)
    word = _TOKEN.match(bare)
    return word is None or word.group().rstrip(".") in FOLLOWERS


def _scaled(number: str) -> float | None:
    """A number expression as a value from 0 to 10, or None."""
    text = number.strip()
    half = 0.0
    for phrase in HALVES:
        if text.endswith(phrase) and text != phrase:
            text, half = text[: -len(phrase)].rstrip(" -"), 0.5
            break
    if text.endswith(("½", "1/2")) and text not in ("½", "1/2"):
        text, half = text.removesuffix("½").removesuffix("1/2").strip(), 0.5
    value = _WORDS.get(text)
    if value is None:
        digits = text.replace(",", ".")
        if not re.fullmatch(r"\d{1,2}(?:\.\d{1,2})?", digits):
            return None
        value = float(digits)
    value += half
    return value if LOWEST <= value <= HIGHEST else None
