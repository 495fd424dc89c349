"""How HTML leaves this program: one page for every letter and digest, and nothing from outside in it.

Gmail drops most of what stands in <style>, so rules are inlined; what only works there (dark mode, narrow screens) is
kept. Nothing is loaded, when a letter is made or when it is read: no picture, no font, no tracking. HTML that others
wrote is cut down to what a letter of words needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import jinja2
import nh3
from css_inline import CSSInliner
from jinja2.sandbox import ImmutableSandboxedEnvironment

_inliner = CSSInliner(load_remote_stylesheets=False)

_WORDS = {
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "em",
    "h1",
    "h2",
    "h3",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "ul",
}
# Everything that would fetch something, run something or send something when a letter is opened.
_REACHES_OUT = re.compile(
    r"""<\s*(?:img|script|link|iframe|object|embed|video|audio|source|form|input|base|svg|meta\s+http-equiv)\b"""
    r"""|\b(?:src|srcset|background|action)\s*=|\bon[a-z]+\s*=|url\s*\(|@import|@font-face|expression\s*\(""",
    re.IGNORECASE,
)


def html_environment(files: Mapping[str, str]) -> jinja2.Environment:
    """The Jinja environment for pages: values are escaped, what is not defined is an error."""
    return ImmutableSandboxedEnvironment(
        loader=loader(files),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def loader(files: Mapping[str, str]) -> jinja2.BaseLoader:
    """Templates by name; errors in an included one name that one."""

    def find(name: str) -> tuple[str, str, None] | None:
        return (files[name], name, None) if name in files else None

    return jinja2.FunctionLoader(find)


def finish_html(page: str) -> str:
    """A page with its CSS inlined, as it goes into a letter."""
    return _inliner.inline(page)


def clean_html(text: str) -> str:
    """HTML from outside, cut down to the elements of plain prose; links keep http, https and mailto."""
    return nh3.clean(
        text, tags=_WORDS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel="noopener"
    )


def reaching_out(source: str) -> tuple[int, str] | None:
    """Line and text of the first thing in a page's source that would act or load something, None where it is quiet."""
    found = _REACHES_OUT.search(source)
    return (source.count("\n", 0, found.start()) + 1, found[0]) if found else None
