"""How templates and facts become a letter's two parts.

A letter's source is Markdown with Jinja. It is chosen by name, language and form of address: `prompt.md` is English,
`prompt.de.md` German, `prompt.de.formal.md` German to someone addressed as "Sie". There is no falling back from one
language, or one form of address, to another: a missing file holds the letter, a wrong language would reach the client.

    source --Jinja, values sealed--> Markdown --> skeleton of text and HTML (kept) --values--> the two parts
"""

from __future__ import annotations

import functools
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailer.message.writing.direction import isolated, without_overrides
from mailer.message.writing.facts import Fields, LetterFacts, Lines, Questions, facts_for, personal_words
from mailer.message.writing.html_page import finish_html, html_environment, loader, reaching_out
from mailer.message.writing.prose import Prose, ProseTrouble, convert
from mailer.message.writing.sealed import BANNER, fill_html, open_slots, plain_value, seal
from mailer.message.writing.wording import DIRECTIONS, FILE, Phrases, TemplateTrouble, Words
from mailer.model.people import Form

LAYOUT = "layout.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A letter's two parts; they say the same."""

    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Skeleton:
    body: Prose
    foot: Prose
    page: str


class PromptTemplates:
    """The templates of one or more folders, later folders over earlier ones; words.toml is merged phrase by phrase.

    `broken` files hold every letter that needs them: the shipped ones they were written over say something else.
    """

    def __init__(self, *folders: Mapping[str, str], broken: Mapping[str, TemplateTrouble] | None = None) -> None:
        self.files: dict[str, str] = {}
        self.broken = dict(broken or {})
        for folder in folders:
            self.files.update(folder)
        self.words = Words(folder[FILE] for folder in folders if FILE in folder)
        self._pages = html_environment(self.files)
        self._markdown = _environment(self.files, _sealed)
        self._lines = {one: _environment(self.files, functools.partial(_bare, one)) for one in DIRECTIONS}
        self._skeleton = functools.lru_cache(maxsize=256)(self._make_skeleton)
        found = reaching_out(self.files.get(LAYOUT, ""))
        if found is not None:
            raise TemplateTrouble(LAYOUT, found[0], f"{found[1]} would load or run something when a letter is opened")

    def choose(self, name: str, *, language: str, form: Form) -> str:
        """The file for a reader; TemplateTrouble naming the file to write where there is none."""
        formal = form is Form.FORMAL and self.words.has_forms(language)
        wanted = list(_names(name, language, formal=formal))
        for file in wanted:
            if file in self.broken:
                raise self.broken[file].with_traceback(None)
            if file in self.files:
                return file
        raise TemplateTrouble(wanted[-1], 0, f"is missing, and {name} is to be sent in {language} ({form}); write it")

    def problems(self) -> Iterator[TemplateTrouble]:
        """Every template that Jinja cannot read."""
        for name in sorted(self.files):
            if name.endswith((".md", ".html")):
                try:
                    self._markdown.parse(self.files[name], name, name)
                except jinja2.TemplateError as error:
                    yield _trouble(error, name, {})

    def render_subject(self, source: str, facts: LetterFacts) -> str:
        """A subject with its values, on one line as long as they are; a line break in one is refused when composed."""
        if "{" not in source:  # most subjects, and half the work of a letter
            return source.strip()
        direction = self.words.phrases(facts.client.language, facts.client.form).direction
        return self._print(self._lines[direction], source, "subject", self._context(facts)).strip()

    def render_letter(self, name: str, facts: LetterFacts) -> Body:
        """A letter's parts; TemplateTrouble where it cannot be made as it is meant."""
        for needed in (FILE, LAYOUT):
            if needed in self.broken:
                raise self.broken[needed].with_traceback(None)
        file = self.choose(name, language=facts.client.language, form=facts.client.form)
        phrases = self.words.phrases(facts.client.language, facts.client.form)
        context = self._context(facts)
        source = self._banner(facts, context) + self._render(file, context)
        numbered, values = open_slots(source, self._foot(facts, phrases, context), seal(plain_value(facts.subject)))
        values = tuple(isolated(value, phrases.direction) for value in values)
        skeleton = self._skeleton(numbered, file, phrases.language, phrases.direction)
        text = skeleton.body.text(values) + "\n-- \n" + skeleton.foot.text(values)
        _refuse_lost_questions(file, text, facts)
        return Body(text=text, html=fill_html(skeleton.page, values))

    def _make_skeleton(self, numbered: tuple[str, ...], file: str, language: str, direction: str) -> _Skeleton:
        body_source, foot_source, subject = numbered
        try:
            body, foot = convert(body_source), convert(foot_source)
        except ProseTrouble as trouble:
            raise TemplateTrouble(file, 0, str(trouble)) from trouble
        page = self._page(
            body=Markup(body.html),  # noqa: S704 - Markdown without raw HTML, values not yet in it
            foot=Markup(foot.html),  # noqa: S704 - the same
            subject=subject,
            language=language,
            direction=direction,
        )
        return _Skeleton(body, foot, finish_html(page))

    def _page(self, **parts: object) -> str:
        try:
            return self._pages.get_template(LAYOUT).render(parts)
        except Exception as error:
            raise _trouble(error, LAYOUT, parts) from error

    def _banner(self, facts: LetterFacts, context: Mapping[str, Any]) -> str:
        if not facts.rehearsal:
            return ""
        phrase = self.words.phrases(facts.coach.language, Form.INFORMAL)["rehearsal"]
        return BANNER + self._print(self._markdown, phrase, FILE, context) + "\n\n"

    def _foot(self, facts: LetterFacts, phrases: Phrases, context: Mapping[str, Any]) -> str:
        lines = [phrases["foot_notice"]] if facts.notice else [phrases["foot"], phrases["steer"]]
        return "\n\n".join(self._print(self._markdown, line, FILE, context) for line in [*lines, "{{ practice }}"])

    def _context(self, facts: LetterFacts) -> dict[str, Any]:
        phrases = self.words.phrases(facts.client.language, facts.client.form)
        context = facts_for(facts, phrases)
        reply = phrases["reply" if len(facts.questions) > 1 else "reply_one"]
        context["questions"] = Questions(
            facts.questions, self._print(self._markdown, reply, FILE, context), phrases["one_of"]
        )
        return context

    def _render(self, file: str, context: Mapping[str, Any]) -> str:
        try:
            return self._markdown.get_template(file).render(context)
        except Exception as error:  # a template may do anything; whatever goes wrong in it holds this one letter
            raise _trouble(error, file, context) from error

    def _print(self, environment: jinja2.Environment, source: str, name: str, context: Mapping[str, Any]) -> str:
        try:
            return _compiled(environment, source).render(context)
        except Exception as error:
            raise _trouble(error, name, context) from error


class _Missing(jinja2.StrictUndefined):
    """Says what is known where a template asks for something that is not."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:  # what the sandbox forbids
            return self._undefined_hint
        owner = self._undefined_obj
        if isinstance(owner, Fields):
            return f'{owner} has no "{self._undefined_name}"; known: {", ".join(owner) or "nothing"}'
        return f'there is no "{self._undefined_name}"'


def _environment(files: Mapping[str, str], finalize: Callable[[object], str]) -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=loader(files),
        undefined=_Missing,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
    # Both would mark data as finished Markdown.
    for name in ("safe", "xmlattr", "tojson", "urlize", "escape", "e", "forceescape"):
        environment.filters.pop(name, None)
    return environment


def _sealed(value: object) -> str:
    if isinstance(value, jinja2.Undefined):
        return str(value)
    return value.markdown() if isinstance(value, Questions | Lines) else seal(plain_value(value))


def _bare(direction: str, value: object) -> str:
    """A value in a subject. Line breaks stay: they are refused when the letter is composed, not smoothed over."""
    if isinstance(value, jinja2.Undefined):
        return str(value)
    return isolated(without_overrides(value) if isinstance(value, str) else plain_value(value), direction)


@functools.lru_cache(maxsize=1024)
def _compiled(environment: jinja2.Environment, source: str) -> jinja2.Template:
    return environment.from_string(source)


def _without_values(message: str, context: Mapping[str, Any]) -> str:
    """An error's words without what is a client's own: they stand in status, and unsealed in the database."""
    for value in sorted(personal_words(context), key=len, reverse=True):
        if len(value) > 1:
            message = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "…", message)
    return message


def _names(name: str, language: str, *, formal: bool) -> Iterator[str]:
    suffix = ".formal.md" if formal else ".md"
    for tag in dict.fromkeys((language, language.partition("-")[0])):
        yield f"{name}.{tag}{suffix}"
        if tag == "en" and not formal:
            yield f"{name}.md"


def _refuse_lost_questions(file: str, text: str, facts: LetterFacts) -> None:
    said = re.sub(r"\s+", "", text)
    for number, question in enumerate(facts.questions, 1):
        if re.sub(r"\s+", "", plain_value(question.ask)) not in said:
            raise TemplateTrouble(
                file, 0, f"leaves out question {number}; write {{{{ questions }}}} on a line of its own"
            )


def _trouble(error: BaseException, name: str, context: Mapping[str, Any]) -> TemplateTrouble:
    if isinstance(error, jinja2.TemplateSyntaxError):
        return TemplateTrouble(error.name or name, error.lineno, error.message or "is not a template")
    if isinstance(error, jinja2.TemplateNotFound):
        return TemplateTrouble(name, 0, f"{_without_values(str(error), context)} is needed and not there")
    message = _without_values(str(error), context) or type(error).__name__
    if isinstance(error, jinja2.UndefinedError) and "known:" not in message:
        message += f"; known: {', '.join(sorted(context))}"
    frames = traceback.extract_tb(error.__traceback__)
    place = next((frame for frame in reversed(frames) if frame.filename.endswith((".md", ".html", "<template>"))), None)
    where = name if place is None or place.filename == "<template>" else place.filename
    return TemplateTrouble(where, (place.lineno or 0) if place else 0, message)
