"""Shipped letters keep to the elements, attributes and CSS that docs/templates.md lists with their sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailer.message.writing.template import PromptTemplates
from tests.message.cast import SHIPPED
from tests.message.page_words import PageWords
from tests.message.written import NAMES, SPOKEN, letter, letters, there

SECTION = (
    (Path(__file__).parents[2] / "docs" / "templates.md").read_text("utf-8").partition("## What mail programs show")[2]
)
_CODE = re.compile(r"`([^`]+)`")
_RULE = re.compile(r"([a-z-]+)\s*:\s*[^;{}]+(?=[;}])")
_MEDIA = re.compile(r"@media \(([a-z-]+)")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table with this heading, below it."""
    table = SECTION.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


ELEMENTS = {
    element: {*_CODE.findall(attributes), "class", "style"}
    for elements, attributes in rows("elements | attributes")
    for element in _CODE.findall(elements)
}
PROPERTIES = {
    one
    for cells in rows("properties | Gmail | Outlook with Word | Apple Mail | without it")
    for one in _CODE.findall(cells[0])
}


def not_listed(page: str) -> set[str]:
    """What a page has that the lists have not."""
    found: set[str] = set()
    for element, attributes in PageWords(page).elements:
        found |= {element} - ELEMENTS.keys()
        found |= {f"{element} {name}" for name in attributes} - {
            f"{element} {one}" for one in ELEMENTS.get(element, ())
        }
    styles = [f"{one};" for one in re.findall(r'style="([^"]*)"', page)]
    styles += re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    bare = [_MEDIA.sub("", one) for one in styles]
    found |= {name for one in bare for name in _RULE.findall(one)} - PROPERTIES
    return found | {f"@media ({name})" for one in styles for name in _MEDIA.findall(one)} - PROPERTIES


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_template_keeps_to_what_mail_programs_show(name: str) -> None:
    pages = [letter(name, language, form).html for language, form in SPOKEN if name in there(language, form)]

    assert pages
    assert set().union(*map(not_listed, pages)) == set()


@pytest.mark.parametrize("name", letters())
def test_whatever_markdown_a_template_has_keeps_to_what_mail_programs_show(name: str) -> None:
    assert not_listed(letters()[name]) == set()


@pytest.mark.parametrize(
    ("put_in", "found"),
    [
        ("<section>x</section>", "section"),
        ('<p onclick="x()">x</p>', "p onclick"),
        ('<p style="display: flex;">x</p>', "display"),
        ("<style>@media (hover) { p { color: red; } }</style>", "@media (hover)"),
        ("<style>p { position: fixed; }</style>", "position"),
    ],
)
def test_what_is_not_on_the_lists_is_found(put_in: str, found: str) -> None:
    page = letters()["one question"].replace("</body>", f"{put_in}</body>")

    assert not_listed(page) == {found}


def test_every_colour_is_off_pure_white_and_black() -> None:
    page = PromptTemplates(SHIPPED).files["layout.html"].lower()

    assert not re.findall(r"#fff\b|#ffffff|#000\b|#000000|\bwhite\b(?!-)|\bblack\b", page)
