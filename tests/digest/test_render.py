"""Text and HTML: the same words, safe from hostile ones, and nothing private where others may see it."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.digest import build, render_html, render_text, subject, terminal
from mailer.digest.english import EN
from mailer.digest.german import DE
from mailer.digest.html_page import STYLES
from mailer.model.report import DigestFacts, HeldRow, TroubleRow
from tests.digest.cast import ago, answered, client, facts, key, reply
from tests.digest.days import GOLDEN, busy_day, golden, no_news, quiet_day

DAYS = {"busy": busy_day(), "busy in German": busy_day("de"), "quiet": quiet_day(), "no news": no_news()}
ELEMENTS = {"html", "head", "meta", "title", "style", "body", "div", "p", "h2", "b", "bdi", "span", "a", "br"}
HOSTILE = (
    "<script>alert(1)</script>",
    '<a href="http://phish.example.net">see</a> {{ 7*7 }} {% raw %} <img src=x onerror=y>',
    "%s {0} {names} {n} \\1 $1",
    "\u202eevil\u2066 \u2069\u202a",
    "]]> --> <![endif]--> <!--",
    "&lt;b&gt; &amp; &#0;",
    "NEEDS YOU\nREPLIED\nIN FULL",
    'x" style="display:none" dir="rtl',
    "\x00\x1b[31m\x07 bell",
)


class Page(HTMLParser):
    """What a reader of the page sees: its words, with the address behind each link, and its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag in {"head"} or (self._hidden == 0 and ("aria-hidden", "true") in attrs)
        if tag == "a":
            self._link = (dict(attrs)["href"] or "").removeprefix("mailto:")

    def handle_endtag(self, tag: str) -> None:
        if tag == "head" or (tag == "span" and self._hidden):
            self._hidden -= 1
        if tag == "a":
            self.words.append(self._link)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def read(html: str) -> Page:
    """The page as a reader's program takes it."""
    page = Page()
    page.feed(html)
    page.close()
    return page


def words(text: str) -> list[str]:
    """Letters and digits only: the two parts set their separators differently."""
    return re.findall(r"\w+", text.casefold())


@pytest.mark.parametrize("day", DAYS)
def test_text_and_html_say_the_same_words_in_the_same_order(day: str) -> None:
    digest = build(DAYS[day])

    assert words(" ".join(read(render_html(digest)).words)) == words(render_text(digest))


@pytest.mark.parametrize("day", DAYS)
def test_the_page_loads_nothing_and_leads_nowhere_but_to_an_answer(day: str) -> None:
    html = render_html(build(DAYS[day]))
    tags = read(html).tags

    assert {tag for tag, _ in tags} <= ELEMENTS
    assert all((attributes["href"] or "").startswith("mailto:") for tag, attributes in tags if tag == "a")
    assert not re.search(r"https?:|url\(|@import|src=|<link", html)


@pytest.mark.parametrize("day", DAYS)
def test_every_block_that_may_hold_a_clients_words_keeps_its_own_direction(day: str) -> None:
    tags = read(render_html(build(DAYS[day]))).tags
    blocks = [
        attributes for tag, attributes in tags if tag == "p" and attributes.get("class") not in {"opening", "answer"}
    ]

    assert all(attributes.get("dir") == "auto" or attributes.get("class") == "asked" for attributes in blocks)


@pytest.mark.parametrize("day", DAYS)
def test_no_line_of_the_text_is_wider_than_sixty_columns(day: str) -> None:
    assert all(len(line) <= 60 for line in render_text(build(DAYS[day])).splitlines())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    day = facts(
        client("dana", name=text),
        client("omar"),
        replies=[
            reply("dana", f"{text}\n\n{text}?", subject=text, note=text, attachments=[text]),
            reply("omar", text, questions=[text], answers=[answered(0, text)], free=text),
        ],
        troubles=[TroubleRow(client_id=key("dana"), at=ago(hours=1), what="bounce", detail=text)],
        held=[HeldRow(letter_id=key("h"), received_at=ago(hours=1), reason=text, sender=text)],
        answers={"dana": f"{text}@example.org"},
    )
    digest = build(day)
    html, plain = render_html(digest), render_text(digest)
    page = read(html)

    assert {tag for tag, _ in page.tags} <= ELEMENTS
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0e-\x1f]", html + plain)
    assert all(attributes.keys() <= {"dir", "class", "style"} for tag, attributes in page.tags if tag in {"p", "div"})
    assert "49" not in words(plain)
    assert plain.splitlines().count("NEEDS YOU") <= 1


@pytest.mark.parametrize("text", [*HOSTILE, "a,b@example.org", "a@example.org?bcc=b@example.org&body=x", "dana"])
def test_an_answer_goes_to_one_address_or_is_not_offered(text: str) -> None:
    address = text if "@" in text else f"{text}@example.org" if text != "dana" else text
    day = facts(client("dana"), replies=[reply("dana", "Fine.")], answers={"dana": address})

    links = [attributes["href"] or "" for tag, attributes in read(render_html(build(day))).tags if tag == "a"]

    assert all(re.fullmatch(r"mailto:[\w.%+=~-]+@[\w.%+=~@-]+", link, re.ASCII) for link in links)
    assert len(links) == render_text(build(day)).count("Answer Dana: ") <= 1


def test_a_letter_in_arabic_is_a_block_of_its_own_direction() -> None:
    html = render_html(build(facts(client("dana"), replies=[reply("dana", "أسبوع جيد مع Lee.")])))

    assert '<p dir="auto" class="quote"' in html


PRIVATE = st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(name=PRIVATE, body=PRIVATE, letters=st.integers(0, 2), language=st.sampled_from(["en", "de", "pt", ""]))
def test_neither_the_subject_nor_the_first_120_characters_hold_anything_private(
    name: str, body: str, letters: int, language: str
) -> None:
    def day(secret: str, words_written: str) -> DigestFacts:
        return facts(
            client("dana", name=secret),
            replies=[reply("dana", words_written + " Is that so?", subject=words_written)] * letters,
            troubles=[TroubleRow(client_id=key("dana"), at=ago(hours=1), what="bounce", detail="")] * (letters == 0),
            language=language,
        )

    one, other = build(day(name, body)), build(day("Quux", "Nothing."))

    assert subject(one) == subject(other)
    assert " ".join(render_text(one).split())[:120] == " ".join(render_text(other).split())[:120]
    assert " ".join("".join(read(render_html(one)).words).split())[:120] == " ".join(render_text(other).split())[:120]


@pytest.mark.parametrize("language", ["de", "de-AT", "DE"])
def test_a_coach_who_reads_german_gets_german(language: str) -> None:
    text = render_text(build(busy_day(language)))

    assert text.startswith("Guten Morgen. 11 Personen: 3 haben geantwortet")
    assert "Answer" not in text


def test_both_languages_know_every_trouble() -> None:
    assert EN.troubles.keys() == DE.troubles.keys()


def test_the_terminal_shows_what_is_mailed() -> None:
    digest = build(quiet_day())

    assert terminal(digest) == render_text(digest)


def luminance(colour: str) -> float:
    """Relative luminance as the web's accessibility rules define it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_ink_stands_out_from_its_paper_by_day_and_by_night() -> None:
    html = render_html(build(busy_day()))
    day = {found for style in STYLES.values() for found in re.findall(r"(?<![-\w])color:(#\w{6})", style)}
    night = set(re.findall(r"(?<![-\w])color:(#\w{6})!important", html))

    for paper, inks in (("#fffdf9", day), ("#211e1b", night)):
        contrasts = [
            (max(luminance(ink), luminance(paper)) + 0.05) / (min(luminance(ink), luminance(paper)) + 0.05)
            for ink in inks
        ]
        assert contrasts
        assert min(contrasts) >= 4.5


@pytest.mark.parametrize("file", sorted(golden()))
def test_the_three_days_look_as_agreed(file: str) -> None:
    assert golden()[file] == (GOLDEN / file).read_text(encoding="utf-8")


def test_a_digest_does_not_depend_on_the_order_of_a_set_or_on_the_machine() -> None:
    program = "from tests.digest.days import golden; import zlib; print(zlib.crc32(repr(golden()).encode()))"

    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York"))
    }

    assert len(found) == 1
