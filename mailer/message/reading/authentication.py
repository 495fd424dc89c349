"""What does the host that took a letter in say about its sender? Authentication-Results, read leniently.

Only the topmost one is looked at: the last server to touch a letter writes on top, and all that stands below it may
have come with the letter (RFC 8601 §2.2, §5). Met in the wild: comments nested and unclosed, results without any
authserv-id (Exchange Online), a version behind it, blanks round "=", quoted values, words that are no properties at all
("action=none"). Left out: whether the name may be believed; that is the operator's word, in `authserv_id`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.model.incoming import Letter

HEADER = "authentication-results"

_LONGEST = 20_000  # characters of a value that are looked at
_WORD = re.compile(r'(?:"(?:[^"\\]|\\.)*+(?:"|\\?$)|[^\s"]+)+', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"?', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_EQUALS = re.compile(r"\s*=\s*")
_METHOD = re.compile(r"([a-z][a-z0-9_-]*)(?:/\d+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One method's word: `dkim`, `pass`, and what it is about: ("header.d", "example.org") ..."""

    method: str  # lower case
    result: str  # lower case
    properties: tuple[tuple[str, str], ...] = ()  # names in lower case; a reason stands here as "reason"

    def about(self, *names: str) -> str:
        """The first of these properties that is there, or ""."""
        known = dict(self.properties)
        return next((known[name] for name in names if known.get(name)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A whole header: who says it ("" where nobody is named), and what."""

    authserv_id: str
    results: tuple[Result, ...] = ()

    def of(self, method: str) -> tuple[Result, ...]:
        """What is said by one method, in order; several signatures give several results."""
        return tuple(one for one in self.results if one.method == method)


def topmost_stamp(letter: Letter) -> Stamp | None:
    """The stamp on top, None where there is none."""
    found = letter.all(HEADER)
    return read_stamp(found[0]) if found else None


def read_stamp(value: str) -> Stamp:
    """An unfolded value, read; whatever is no result is left out."""
    head, *rest = _pieces(value[:_LONGEST])
    names_nobody = "=" in _QUOTED.sub("", head)
    words = [] if names_nobody else _WORD.findall(head)
    results = [_result(piece) for piece in ([head, *rest] if names_nobody else rest)]
    return Stamp(
        authserv_id=_unquoted(words[0]) if words else "", results=tuple(one for one in results if one is not None)
    )


def _pieces(value: str) -> list[str]:
    """The value at its semicolons, without comments. An unclosed comment takes in all that follows."""
    pieces, depth, is_quoted, skips = [""], 0, False, False
    for letter in value:
        if skips:
            skips = False
        elif letter == "\\" and (depth or is_quoted):
            skips = True
        elif depth or (letter == "(" and not is_quoted):
            depth += {"(": 1, ")": -1}.get(letter, 0)
            pieces[-1] += " " if not depth else ""
            continue
        elif letter == '"':
            is_quoted = not is_quoted
        elif letter == ";" and not is_quoted:
            pieces.append("")
            continue
        if not depth:
            pieces[-1] += letter
    return pieces


def _result(piece: str) -> Result | None:
    words = _WORD.findall(_EQUALS.sub("=", piece))
    method, equals, result = words[0].partition("=") if words else ("", "", "")
    name = _METHOD.fullmatch(re.sub(r"\s", "", method))
    if name is None or not equals or not result:
        return None
    pairs = [word.partition("=") for word in words[1:]]
    return Result(
        method=name[1].lower(),
        result=_unquoted(result).lower(),
        properties=tuple((key.lower(), _unquoted(said)) for key, equal, said in pairs if equal),
    )


def _unquoted(word: str) -> str:
    return _QUOTED.sub(lambda found: _ESCAPE.sub(r"\1", found[1]), word)
