"""What people look at, in a real browser: it fits a phone, and it loads nothing from anywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.house import MONDAY, House, parsed, to
from tests.servers.browser import look_at

GOLDEN = Path(__file__).parent / "digest" / "golden"


@pytest.mark.parametrize("width", [375, 640])
@pytest.mark.parametrize("name", ["busy", "busy.de", "quiet", "no-news"])
def test_a_digest_fits_the_window_and_loads_nothing(name: str, width: int) -> None:
    seen = look_at((GOLDEN / f"{name}.html").read_text("utf-8"), width=width)

    assert seen.width == width
    assert seen.content_width <= width
    assert seen.height > 100
    assert seen.loads == 0


@pytest.mark.parametrize("width", [375, 640])
async def test_a_prompt_fits_the_window_and_loads_nothing(sqlite_house: House, width: int) -> None:
    house = sqlite_house
    house.add_client("dana")
    await house.once(MONDAY)
    [prompt] = to(await house.once(datetime(2026, 3, 6, 8, 30, tzinfo=UTC)), "dana@example.org")
    html = parsed(prompt).get_body(("html",))
    assert html is not None

    seen = look_at(str(html.get_content()), width=width)

    assert seen.width == width
    assert seen.content_width <= width
    assert seen.loads == 0
