"""Did the client write STOP, PAUSE or RESUME, and nothing else?

A steering word counts only as the whole new text: a greeting, thanks or a signature beside it is fine, another
sentence is not, and quoted words never count. "Stop: late mails. Start: ..." is an answer. STOP and PAUSE need no proof
of who wrote them, so this must never guess; a date that can be read two ways is left out, and the pause then lasts
until RESUME.
"""

from __future__ import annotations

import re
from datetime import date

from mailer.message.reading.answers_courtesies import is_closing, is_greeting, is_name, is_thanks
from mailer.message.reading.tables.steering import LANGUAGES, PAUSE, POLITE, RESUME, STOP
from mailer.message.reading.words_dates import span
from mailer.model.incoming import NewText, Steering, Word

_LONGEST = 80  # characters of a steering line
_MOST_LINES = 8
_MARKS = re.compile(r"[\"'“”„«»*_~!.,;…<>()\[\]✋🛑🙏]+|(?<!\w)-+|-+(?!\w)")
_REPLY_PREFIX = re.compile(r"\s*(?:re|aw|sv|antw|rv|ref|odp|vs|betr)\s?(?:\[\d+\])?:", re.IGNORECASE)
_LEAST_CONFIDENCE = 0.5
_TABLES = ((Word.STOP, STOP), (Word.PAUSE, PAUSE), (Word.RESUME, RESUME))


def _polite() -> re.Pattern[str]:
    phrases = "|".join(sorted(map(re.escape, POLITE), key=len, reverse=True))
    return re.compile(rf"(?:^|(?<=\s))(?:{phrases})(?=\s|$)")


_POLITE = _polite()


def steering_word(
    new: NewText, subject: str, *, to_stop_address: bool = False, today: date, signed_by: str = ""
) -> Steering | None:
    """The steering word a letter is, or None where it says anything else.

    An empty letter may carry the word as its subject, unless the subject is a reply's. A letter to the stop address is
    a STOP whatever it says, save a clear PAUSE or RESUME. `signed_by` is the client's name where known: another name
    under the word is then no signature ("Stop", "Think").
    """
    found = _in_text(new, subject, today, signed_by)
    if to_stop_address:
        return found or Steering(word=Word.STOP)
    return found


def _in_text(new: NewText, subject: str, today: date, signed_by: str) -> Steering | None:
    if new.confidence < _LEAST_CONFIDENCE or new.forwarded:
        return None
    if not new.text.strip():
        return None if _REPLY_PREFIX.match(subject) else read_word(subject, today=today)
    lines = new.text.strip().split("\n")
    if sum(1 for line in lines if line.strip()) > _MOST_LINES:
        return None
    while len(lines) > 1 and (is_greeting(lines[0]) or not lines[0].strip()):
        lines = lines[1:]
    steering = read_word(lines[0], today=today) or _after_greeting(lines[0], today)
    if steering is None or not _only_courtesies(lines[1:], signed_by):
        return None
    return steering


def _after_greeting(line: str, today: date) -> Steering | None:
    """ "Hi Petra, please pause": a greeting and the word on one line."""
    greeting, comma, rest = line.partition(",")
    return read_word(rest, today=today) if comma and is_greeting(greeting) else None


def _only_courtesies(lines: list[str], signed_by: str) -> bool:
    """Whether nothing follows but thanks, a closing and a name, the client's where it stands right under the word."""
    known = {word.lower() for word in signed_by.split()}
    names, courteous = 0, False
    for line in lines:
        if not line.strip() or is_thanks(line) or is_closing(line):
            courteous = True
            continue
        names += 1
        own = {word.strip(".,-").lower() for word in line.split()} & known if known else courteous
        if not is_name(line) or names > 2 or not own:
            return False
    return True


def read_word(text: str, *, today: date) -> Steering | None:
    """The steering word a short text consists of, with how long it holds."""
    if len(text) > _LONGEST or not text.strip():
        return None
    plain = " ".join(_MARKS.sub(lambda found: _kept(found, text), text.lower()).split())
    plain = " ".join(_POLITE.sub(" ", _without_thanks(plain)).split())
    return next((found for language in LANGUAGES if (found := _in_language(plain, language, today))), None)


def _in_language(plain: str, language: str, today: date) -> Steering | None:
    """The word in one language: the phrase alone, or a pause with its span in the same language."""
    for word, table in _TABLES:
        if plain in table[language]:
            return Steering(word=word, language=language)
    for phrase in PAUSE[language]:
        held = (
            span(plain[len(phrase) + 1 :], language=language, today=today) if plain.startswith(f"{phrase} ") else None
        )
        if held is not None:
            return Steering(word=Word.PAUSE, days=held.days, until=held.until, language=language)
    return None


def _kept(found: re.Match[str], text: str) -> str:
    """Dots stay inside dates ("03.05."), apostrophes inside words; all other marks become blanks."""
    before = text[found.start() - 1 : found.start()]
    after = text[found.end() : found.end() + 1]
    mark = found.group()
    if mark == "." and before.isdigit():
        return "."
    return "'" if mark in ("'", "’") and before.isalpha() and after.isalpha() else " "


def _without_thanks(plain: str) -> str:
    words = plain.split()
    for cut in range(1, min(4, len(words))):
        if is_thanks(" ".join(words[-cut:])):
            return " ".join(words[:-cut])
    return plain
