"""What value does an answer carry: a rating, yes or no, one of the choices?

A value is read only where the words leave no doubt; the words themselves are always kept. A commitment and a text
carry none: people agree too little on what is a promise for a rule to decide.
"""

from __future__ import annotations

import re

from mailer.message.reading.ratings import rating
from mailer.message.reading.tables.values import NEGATIONS, NO, UNSURE, YES
from mailer.model.plan import AnswerKind, Question

_LABEL = re.compile(r"\s*(?:(?:[*_>•-]|#?\d{1,2}[.):]|\(?[a-z0-9]\)|q\d{1,2}[.:)]?)\s+)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?\n;…]")
_LONGEST = 2000


def value_of(question: Question, text: str, *, language: str = "en") -> float | bool | str | None:
    """The value an answer gives to a question, or None."""
    if question.answer is AnswerKind.RATING:
        return rating(text)
    if question.answer is AnswerKind.YES_NO:
        return yes_no(text, language=language)
    if question.answer is AnswerKind.CHOICE:
        return choice(text, question.choices)
    return None


def yes_no(text: str, *, language: str = "en") -> bool | None:
    """Whether a text begins with yes or no, in the given language or English; None in every doubtful case."""
    body = _unlabelled(text).lower()
    sentence = _SENTENCE_END.split(body, maxsplit=1)[0]
    words = " ".join(_WORD.findall(sentence))
    if not words or any(_holds(words, phrase) for phrase in UNSURE):
        return None
    languages = dict.fromkeys((language.split("-", maxsplit=1)[0], "en"))
    no = _begins(words, tuple(phrase for code in languages for phrase in NO.get(code, ())))
    yes = _begins(words, tuple(phrase for code in languages for phrase in YES.get(code, ())))
    if yes == no:
        return None
    return yes > no


def choice(text: str, choices: tuple[str, ...]) -> str | None:
    """The one choice a text names, by its words, its letter or its number; None where it names none or several."""
    body = _unlabelled(text).lower()
    words = _WORD.findall(body)
    if not words or not choices:
        return None
    plain = {option: _WORD.findall(option.lower()) for option in choices}
    same = [option for option, wanted in plain.items() if wanted == words]
    if same:
        return same[0]
    whole = text.strip(" \t.!()*_").lower()
    if len(whole) == 1 and whole.isalnum():
        place = int(whole) - 1 if whole.isdigit() else ord(whole) - ord("a")
        return choices[place] if 0 <= place < len(choices) else None
    sentence = _WORD.findall(_SENTENCE_END.split(body, maxsplit=1)[0])
    named = _named(sentence, plain)
    return named[0] if len(named) == 1 else None


def _named(words: list[str], plain: dict[str, list[str]]) -> list[str]:
    """Choices whose words stand together in a sentence, longest first, none inside another, none behind a "not"."""
    taken: set[int] = set()
    named: list[str] = []
    for option in sorted(plain, key=lambda name: -len(plain[name])):
        wanted = plain[option]
        for at in range(len(words) - len(wanted) + 1):
            span = set(range(at, at + len(wanted)))
            if not wanted or words[at : at + len(wanted)] != wanted or span & taken:
                continue
            taken |= span
            if not any(word in NEGATIONS for word in words[max(0, at - 2) : at]):
                named.append(option)
            break
    return named


def _unlabelled(text: str) -> str:
    text = text[:_LONGEST].strip()
    label = _LABEL.match(text)
    return text[label.end() :] if label and label.end() < len(text) else text


def _begins(words: str, phrases: tuple[str, ...]) -> int:
    """The length of the longest phrase a text begins with, 0 for none."""
    return max((len(phrase) for phrase in phrases if words == phrase or words.startswith(phrase + " ")), default=0)


def _holds(words: str, phrase: str) -> bool:
    return f" {phrase} " in f" {words} "
