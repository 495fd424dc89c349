"""What people look at, in a real browser: it fits a phone, can be read day and night, and loads nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.house import MONDAY, House, parsed, to
from tests.message.written import letters
from tests.servers.browser import look_at, requests_of

GOLDEN = Path(__file__).parent / "digest" / "golden"
LEGIBLE = 4.5  # WCAG 2.2 §1.4.3


@pytest.mark.parametrize("width", [375, 640])
@pytest.mark.parametrize("name", ["busy", "busy.de", "quiet", "no-news"])
def test_a_digest_fits_the_window_and_loads_nothing(name: str, width: int) -> None:
    seen = look_at((GOLDEN / f"{name}.html").read_text("utf-8"), width=width)

    assert seen.width == width
    assert seen.content_width <= width
    assert seen.height > 100
    assert seen.loads == 0


@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_a_digest_can_be_read_by_day_and_by_night(dark: bool) -> None:
    seen = look_at((GOLDEN / "busy.html").read_text("utf-8"), width=375, dark=dark)

    assert seen.by_night is dark
    assert seen.contrast >= LEGIBLE


@pytest.mark.parametrize(("width", "dark"), [(375, False), (375, True), (640, False)])
@pytest.mark.parametrize("name", letters())
def test_a_letter_fits_the_window_and_can_be_read(name: str, dark: bool, width: int) -> None:
    seen = look_at(letters()[name], width=width, dark=dark)

    assert seen.width == width
    assert seen.content_width <= width
    assert seen.by_night is dark
    assert seen.contrast >= LEGIBLE
    assert seen.loads == 0


async def test_opening_a_letter_that_was_sent_asks_nobody_for_anything(sqlite_house: House) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    [prompt] = to(await house.once(datetime(2026, 3, 6, 8, 30, tzinfo=UTC)), "dana@example.org")
    html = parsed(prompt).get_body(("html",))
    assert html is not None

    assert requests_of(str(html.get_content())) == []


@pytest.mark.parametrize("name", ["promises", "all of it"])
def test_opening_a_letter_asks_nobody_for_anything(name: str) -> None:
    assert requests_of(letters()[name]) == []


def test_opening_a_digest_asks_nobody_for_anything() -> None:
    assert requests_of((GOLDEN / "busy.html").read_text("utf-8")) == []


def test_a_picture_in_a_page_would_be_seen_asking() -> None:
    tracked = '<p>Hello</p><img src="http://track.example.net/p.gif"><img src="https://seen.example.net/p.gif">'

    assert sorted(requests_of(tracked)) == ["CONNECT seen.example.net:443", "GET http://track.example.net/p.gif"]
