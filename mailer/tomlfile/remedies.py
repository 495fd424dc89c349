"""What should stand in a line that is no TOML?

People who edit these files know TOML from the example file. What they get wrong is always the same: a word processor's
quotes, a time or a word without quotes, a colon for an equals sign, a bracket or comma forgotten. Each is named, with
the line as it should be; a value is never repeated where the key says that it is a secret.
"""

from __future__ import annotations

import re
import unicodedata

_CURLY = "“”„‟«»‘’‚‹›"
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::\d{2})?\s*(?:([ap])\.?m\.?)?", re.IGNORECASE)
_BAD_ESCAPE = re.compile(r'\\(?![btnfr"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})')
_DOTTED = re.compile(r"(?:^|[\s{,])(([\w-]+)\.[\w-]+)\s*=")
WORDS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_REASONS = {  # how the standard parser begins its message, and what a person should hear instead
    "Unclosed array": "a list is not closed, or a comma is missing between two of its entries",
    "Unclosed inline table": "an inline table { … } is not closed; it stands on one line, without a last comma",
    "Invalid initial character for a key part": "a key is a word of letters, digits, - and _; "
    "an inline table { … } stands on one line, without a last comma",
    "Expected newline or end of document": "something follows the value; one key and one value stand on a line",
    "Invalid value": "this is no value; text stands in quotes, numbers and true or false without",
    "Invalid statement": "this is neither a [table], nor key = value, nor a # comment",
    "Cannot overwrite": "this name already has a value or another shape further up; keep one of the two",
    "Cannot declare": "this table already stands further up; keep one of the two",
    "Cannot mutate": "what stands here was closed further up and cannot be added to",
    "Illegal character": "a character stands here that TOML does not allow; perhaps a quote is not closed",
    "Unterminated string": "the closing quotes of a text are missing",
    'Expected "\'"': "the closing quote ' is missing",
    "Unescaped '\\\\'": "a backslash starts a special character in \"…\"; write '…' around a text with backslashes",
}


def remedy(line: str, reason: str, column: int) -> tuple[str, int]:
    """What to tell of one line, and the column it concerns; `reason` and `column` are the standard parser's."""
    return _odd_character(line) or _header(line) or _pair(line, reason, column)


def is_secret(key: str) -> bool:
    """Whether the value of a key must not be shown."""
    return any(word in key.lower() for word in ("password", "passwd", "secret", "token"))


def _odd_character(line: str) -> tuple[str, int] | None:
    for at, character in enumerate(line, start=1):
        if character in _CURLY and _outside_quotes(line, at):
            return f'{character} is a curly quote; write text in straight quotes: "…"', at
        if character not in " \t\r" and not character.isprintable() and _outside_quotes(line, at):
            name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
            return f"an invisible character stands here ({name}); delete it and type an ordinary space", at
    return None


def _header(line: str) -> tuple[str, int] | None:
    stripped = line.split("#", maxsplit=1)[0].strip()
    if not stripped.startswith("[") or "=" in stripped:
        return None
    name = stripped.strip("[] ")[:60]
    shape = f"[[{name}]]" if stripped.startswith("[[") else f"[{name}]"
    if stripped == shape:
        return None
    indent = len(line) - len(line.lstrip())
    return f"a table's name stands alone on its line, in matching brackets; write {shape}", indent + 1


def _pair(line: str, reason: str, column: int) -> tuple[str, int]:
    if (colon := re.match(r"\s*([A-Za-z][\w-]*)\s*(:)\s*\S", line)) is not None:
        return f"a key and its value are joined by an equals sign; write {colon[1]} = …", colon.start(2) + 1
    pair = re.match(r"\s*([\w.\"'-]+)\s*=\s*(.*?)\s*(?:\s#.*)?$", line)
    if pair is not None and (said := _value(pair[1], pair[2])) is not None:
        return said, pair.start(2) + 1
    if reason.startswith("Cannot overwrite") and (dotted := _dotted_key(line)) is not None:
        said = f'a dot outside quotes begins a table, and {dotted[2]} is a text already; write "{dotted[1]}" in quotes'
        return said, dotted.start(1) + 1
    if pair is None and re.match(r"\s*[A-Za-z][\w-]*(\s|$)", line):
        return "a key needs an equals sign and a value; write it as key = value", column
    known = next((text for start, text in _REASONS.items() if reason.startswith(start)), None)
    return known or f"this is not TOML: {reason[:1].lower()}{reason[1:]}", column


def _dotted_key(line: str) -> re.Match[str] | None:
    return next((found for found in _DOTTED.finditer(line) if _outside_quotes(line, found.start(1) + 1)), None)


def _value(key: str, value: str) -> str | None:
    if not value:
        return f"the value is missing; write {key} = …, or delete the line to use the default"
    return _bare_word(key, value) or _bare_number(key, value) or _quoted(value) or _bare_text(key, value)


def _bare_word(key: str, value: str) -> str | None:
    if (meant := WORDS.get(value.lower())) is not None:
        return f"write {key} = {meant}, in small letters without quotes"
    if value.lower() in ("none", "null", "nil"):
        return "there is no empty value in TOML; delete the line to use the default"
    return None


def _bare_number(key: str, value: str) -> str | None:
    if (clock := _CLOCK.fullmatch(value)) is not None:
        hour = int(clock[1])
        if clock[3]:
            hour = hour % 12 + (12 if clock[3].lower() == "p" else 0)
        return f'a time stands in quotes; write {key} = "{hour:02d}:{clock[2]}"'
    if re.fullmatch(r"0\d+", value):
        return "a number has no leading zero" if is_secret(key) else f"a number has no leading zero; write {int(value)}"
    return None


def _quoted(value: str) -> str | None:
    quote = value[0]
    if quote not in "\"'" or value.startswith(quote * 3):
        return None
    if value.count(quote) == 1:
        return f"the closing quote is missing; end the text with {quote}"
    if quote == '"' and _BAD_ESCAPE.search(value):
        return "a backslash starts a special character in \"…\"; write '…' around a text with backslashes"
    return None


def _bare_text(key: str, value: str) -> str | None:
    if set(value) & set("\"'[]{}\t") or not re.match(r"[^\W\d]|[/~.@]|\d[\d.]*\s*[^\W\d]", value):
        return None
    return f'text stands in quotes; write {key} = "{"…" if is_secret(key) or len(value) > 60 else value}"'


def _outside_quotes(line: str, column: int) -> bool:
    before = re.sub(r"\\.", "", line[: column - 1])
    outside = re.sub(r'"[^"]*"|\'[^\']*\'', "", before)
    return not set(outside) & set("\"'#")
