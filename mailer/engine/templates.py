"""Which templates are in force? The shipped ones, and over them those of the operator's folder that can be read.

A file that breaks while the program runs is stood in for by what it said last. One that was broken from the start holds
the letters that need it, words.toml and layout.html therefore all letters; the digests go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from mailer.defaults import shipped
from mailer.errors import ConfigError, Problem
from mailer.message.writing.template import LAYOUT, PromptTemplates
from mailer.message.writing.wording import FILE, TemplateTrouble

_ENDINGS = (".md", ".html", ".toml", ".txt")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReading:
    """What is in force after a look at a folder, and what is wrong there."""

    templates: PromptTemplates
    sources: Mapping[str, str]  # the operator's files in force, by name
    problems: tuple[Problem, ...]  # by file


def load_templates(folder: Path) -> PromptTemplates:
    """The templates in force; ConfigError with every one that is broken."""
    reading = read_templates(folder)
    if reading.problems:
        raise ConfigError(reading.problems)
    return reading.templates


def read_templates(folder: Path, *, last_good: Mapping[str, str] = _NOTHING) -> TemplateReading:
    """The same with `last_good` (name -> text) standing in for what is broken. Raises nothing."""
    own, broken = _own(folder, last_good)
    broken |= _troubles(own)
    in_force = own | {name: last_good[name] for name in broken if name in last_good}
    held = {name: trouble for name, trouble in broken.items() if name not in last_good}
    usable = {name: text for name, text in in_force.items() if name not in held or name.endswith(".md")}
    return TemplateReading(
        templates=PromptTemplates(_shipped(), usable, broken=held),
        sources={name: text for name, text in in_force.items() if name not in held},
        problems=tuple(sorted(Problem(folder / one.template, one.line, 0, "", one.message) for one in broken.values())),
    )


def _own(folder: Path, last_good: Mapping[str, str]) -> tuple[dict[str, str], dict[str, TemplateTrouble]]:
    """The texts of the operator's folder, and why others cannot be read."""
    if folder.resolve() == shipped("templates").resolve():
        return {}, {}
    try:
        paths = sorted(one for one in folder.iterdir() if one.suffix in _ENDINGS and not one.name.startswith("."))
    except FileNotFoundError:
        return {}, {name: TemplateTrouble(name, 0, "the folder is not there; put it back") for name in last_good}
    except OSError as error:
        why = f"the folder cannot be read: {error.strerror}"
        return {}, {name: TemplateTrouble(name, 0, why) for name in last_good}
    texts, broken = {}, {}
    for path in paths:
        try:
            texts[path.name] = path.read_text("utf-8")
        except UnicodeDecodeError:
            broken[path.name] = TemplateTrouble(path.name, 0, "the file is not saved as UTF-8; save it as UTF-8")
        except OSError as error:
            broken[path.name] = TemplateTrouble(path.name, 0, f"the file cannot be read: {error.strerror}")
    return texts, broken


def _troubles(own: Mapping[str, str]) -> dict[str, TemplateTrouble]:
    """What is wrong with the operator's files, by name."""
    found = {}
    for name in (FILE, LAYOUT):  # with one of these nothing at all can be written
        try:
            PromptTemplates(_shipped(), {name: own[name]} if name in own else {})
        except TemplateTrouble as error:
            found[name] = error
    sound = {name: text for name, text in own.items() if name not in found}
    for trouble in PromptTemplates(_shipped(), sound).problems():
        found[trouble.template] = trouble
    return found


@cache
def _shipped() -> Mapping[str, str]:
    folder = shipped("templates")
    return {one.name: one.read_text("utf-8") for one in sorted(folder.iterdir()) if one.suffix in _ENDINGS}
