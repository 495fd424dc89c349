"""What is wrong with a value, in the words of the file rather than of a programming language?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from pydantic_core import ErrorDetails

from mailer.errors import Problem
from mailer.tomlfile.misplaced import belongs_above, title
from mailer.tomlfile.names import meant, unknown_key
from mailer.tomlfile.places import Loc, Places, dotted
from mailer.tomlfile.remedies import WORDS, is_secret
from mailer.tomlfile.shape import Trail, fits, follow, in_words
from mailer.tomlfile.table import KeyProblem, Table

_WANTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false, without quotes",
    "date_type": "a date without quotes, such as 2027-01-31",
    "date_from_datetime_inexact": "a date alone, such as 2027-01-31",
    "time_type": "a time",
    "datetime_type": "a date and time",
    "tuple_type": "a list in [ ]",
    "list_type": "a list in [ ]",
    "frozen_set_type": "a list in [ ]",
    "dict_type": "a table in { }",
    "model_type": "a table",
    "model_attributes_type": "a table",
}


def explain(errors: list[ErrorDetails], model: type[Table], *, raw: Mapping[str, Any], places: Places) -> list[Problem]:
    """The problems that a failed validation amounts to, each told once."""
    problems: dict[Problem, None] = {}
    trails = [(error, follow(model, error["loc"])) for error in errors]
    misspelt = {meant(trail) for error, trail in trails if error["type"] == "extra_forbidden"}
    for error, trail in trails:
        if (shapeless := _fits_no_branch(trail, raw)) is not None:
            loc, choices = shapeless
            wanted = " or ".join(dict.fromkeys(map(in_words, choices)))
            problems[places.problem(f"must be {wanted}, not {called(_at(raw, loc))}", *loc)] = None
        elif error["type"] == "missing" and trail.loc in misspelt:
            continue  # "did you mean …" says it already
        elif error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]:
            continue  # entries that are wrong are not counted; each has its own problem
        elif all(fits(branch, _at(raw, loc)) for loc, branch, _ in trail.branches):
            problems[_explain_one(error, model, trail=trail, places=places)] = None
    return list(problems)


def called(value: object) -> str:
    """What a value from the file is called in a sentence."""
    if isinstance(value, bool):
        return "true or false"
    kinds: list[tuple[type, str]] = [
        (str, "text in quotes"),
        (int, "a number"),
        (float, "a number with a decimal point"),
        (datetime, "a date and time"),
        (date, "a date"),
        (time, "a bare time"),
        (tuple, "a list"),
        (dict, "a table"),
    ]
    return next((words for kind, words in kinds if isinstance(value, kind)), "this")


def _fits_no_branch(trail: Trail, raw: Mapping[str, Any]) -> tuple[Loc, tuple[Any, ...]] | None:
    for loc, _, choices in trail.branches:
        if not any(fits(option, _at(raw, loc)) for option in choices):
            return loc, choices
    return None


def _explain_one(error: ErrorDetails, model: type[Table], *, trail: Trail, places: Places) -> Problem:
    kind, loc = error["type"], trail.loc
    cause = error.get("ctx", {}).get("error")
    if kind == "extra_forbidden":
        return places.key_problem(unknown_key(model, trail, places), *loc)
    if kind == "missing":
        return places.key_problem(_missing(trail, places), *loc)
    if loc and trail.owner[1] is Table and (moved := belongs_above(trail, str(loc[-1]), places)) is not None:
        return places.key_problem(moved, *loc)
    if isinstance(cause, KeyProblem):
        return places.problem(str(cause), *loc, cause.key)
    if kind in _WANTED:
        said = f"must be {_WANTED[kind]}, not {called(error['input'])}"
        fix = _as_it_should_be(kind, error["input"], key=loc, places=places)
        return places.problem(f"{said}: write {fix}" if fix and not is_secret(dotted(loc)) else said, *loc)
    return places.problem(_limits(error, shown=_shown(error["input"], dotted(loc))), *loc)


def _missing(trail: Trail, places: Places) -> str:
    loc, above = trail.loc, trail.loc[:-1]
    if trail.header is not None:
        return f"there is no {trail.header}; write one"
    if not above:
        return f"{loc[-1]} is missing; write it at the top of the file, above the first table"
    if above not in places.headed:
        return f"{loc[-1]} is missing; write it inside this {{ … }}"
    return f"{loc[-1]} is missing; write it under this {title(above, places)}"


def _as_it_should_be(kind: str, value: object, *, key: Loc, places: Places) -> str | None:
    """The value as it would be right, where that can be told."""
    words = value.strip().lower() if isinstance(value, str) else ""
    fix: str | None = None
    match kind, value:
        case "string_type", time():
            fix = f'"{value:%H:%M}"'
        case "string_type", int() | float() | date() if not isinstance(value, bool):
            fix = f'"{value}"'
        case "int_type" | "float_type", str() if words.isdecimal():
            fix = str(int(words))
        case "bool_type", str() if words in WORDS:
            fix = WORDS[words]
        case "string_type", dict() if len(value) == 1 and isinstance(inner := next(iter(value.values())), str):
            fix = f'"{key[-1]}.{next(iter(value))}" = "{inner}", for a dot outside quotes begins a table'
        case "tuple_type" | "list_type" | "frozen_set_type", str():
            fix = f'["{value}"]'
        case "tuple_type" | "list_type", dict() if key in places.headed:
            fix = f"[[{dotted(key)}]] in double brackets, one for each"
        case "model_type" | "model_attributes_type" | "dict_type", tuple() if (*key, 0) in places.headed:
            fix = f"[{dotted(key)}] in single brackets, once"
    return fix


def _limits(error: ErrorDetails, *, shown: str) -> str:
    """What a value of the right type breaks."""
    context = error.get("ctx", {})
    sayings = {
        "value_error": "{error}",
        "assertion_error": "{error}",
        "enum": "must be {expected}, not {shown}",
        "literal_error": "must be {expected}, not {shown}",
        "greater_than_equal": "must be {ge} or more, not {shown}",
        "greater_than": "must be more than {gt}, not {shown}",
        "less_than_equal": "must be {le} or less, not {shown}",
        "less_than": "must be less than {lt}, not {shown}",
        "string_too_short": "must not be empty; at least {min_length} long",
        "too_short": "must not be empty; at least {min_length} long",
        "string_too_long": "is too long; at most {max_length} long",
        "too_long": "is too long; at most {max_length} long",
    }
    expected = str(context.get("expected", "")).replace("'", '"')
    saying = sayings.get(error["type"], "{message}, not {shown}")
    message = f"{error['msg'][:1].lower()}{error['msg'][1:]}"
    return saying.format(**{**context, "expected": expected, "shown": shown, "message": message})


def _shown(value: object, key: str) -> str:
    if is_secret(key):
        return "what stands here"
    text = str(value)
    text = f"{text[:57]}…" if len(text) > 58 else text
    return f'"{text}"' if isinstance(value, str) else text


def _at(raw: Mapping[str, Any], loc: Loc) -> object:
    here: Any = raw
    for part in loc:
        here = here[part]
    return here
