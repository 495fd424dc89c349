"""Fetching a coach's calendar from a file and from a real web server, and telling nobody where it is."""

from __future__ import annotations

import gzip
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mailer.edge.calendar import fetch_calendar
from mailer.errors import MailerError, PermanentFailure, TemporaryFailure
from mailer.model.calendar import CalendarPlace
from mailer.model.places import Secret
from tests.servers.certificates import Certificates
from tests.servers.web import Web, answer, running_web

ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
SECRET = "/private-0123456789/basic.ics"


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with running_web() as made:
        yield made


@pytest.fixture
async def secure(certificates: Certificates) -> AsyncIterator[Web]:
    async with running_web(context=certificates.valid) as made:
        yield made


def at(url: str) -> CalendarPlace:
    return CalendarPlace(coach="petra", url=Secret(url))


def trusting(certificates: Certificates) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificates.ca_file)


async def refusal(place: CalendarPlace, *, context: ssl.SSLContext | None = None) -> MailerError:
    """What is said of a calendar that cannot be had; never where it is."""
    with pytest.raises(MailerError) as told:
        await fetch_calendar(place, context=context)
    assert "private" not in str(told.value)
    return told.value


@pytest.mark.parametrize("scheme", ["https", "webcal", "webcals", "HTTPS"])
async def test_a_calendar_is_fetched_over_tls(secure: Web, certificates: Certificates, scheme: str) -> None:
    secure.pages[SECRET] = answer("200 OK", ICS, Content_Type="text/calendar")

    assert await fetch_calendar(at(secure.url(SECRET, scheme=scheme)), context=trusting(certificates)) == ICS


async def test_on_this_machine_a_calendar_may_come_without_encryption(web: Web) -> None:
    web.pages[f"{SECRET}?a=b"] = answer("200 OK", gzip.compress(ICS), Content_Encoding="gzip")

    assert await fetch_calendar(at(web.url(f"{SECRET}?a=b#part", host="127.0.0.1"))) == ICS
    assert "cookie" not in web.asked[0].lower()


async def test_a_name_and_password_in_the_address_are_shown_to_the_server_only(web: Web) -> None:
    web.pages["/cal.ics"] = answer("401 Unauthorized")

    error = await refusal(at(web.url("/cal.ics").replace("://", "://petra:private@")))

    assert "authorization: basic" in web.asked[0].lower()
    assert "petra:" not in str(error).replace("calendar of petra:", "")


async def test_a_redirect_is_followed(secure: Web, certificates: Certificates) -> None:
    secure.pages["/old"] = answer("301 Moved Permanently", Location=SECRET)
    secure.pages[SECRET] = answer("200 OK", ICS)

    assert await fetch_calendar(at(secure.url("/old")), context=trusting(certificates)) == ICS


async def test_a_redirect_to_less_than_tls_is_not_followed(secure: Web, web: Web, certificates: Certificates) -> None:
    secure.pages["/old"] = answer("302 Found", Location=web.url(SECRET))

    error = await refusal(at(secure.url("/old")), context=trusting(certificates))

    assert str(error) == (
        "the calendar of petra: localhost leads on to an address without encryption; it was not followed"
    )
    assert web.asked == []


async def test_a_redirect_that_never_ends_is_given_up(web: Web) -> None:
    web.pages[SECRET] = answer("302 Found", Location=SECRET)

    assert "leads on and on" in str(await refusal(at(web.url(SECRET))))
    assert len(web.asked) == 6


@pytest.mark.parametrize(
    ("page", "kind", "said"),
    [
        (answer("404 Not Found"), PermanentFailure, "localhost answers 404: the address is not, or not any more,"),
        (answer("403 Forbidden"), PermanentFailure, "localhost answers 403: the address is not, or not any more,"),
        (answer("503 Busy"), TemporaryFailure, "localhost answers 503; it is tried again later"),
        (answer("429 Slow down"), TemporaryFailure, "localhost answers 429; it is tried again later"),
        (answer("302 Found"), TemporaryFailure, "localhost answers 302; it is tried again later"),
        (answer("302 Found", Location="ftp://x/private"), PermanentFailure, "the address is none of a calendar"),
        (answer("302 Found", Location="http://[private"), PermanentFailure, "localhost leads on to an address that"),
        (b"", TemporaryFailure, "localhost gives an answer that is not understood"),
        (b"HELLO private\r\n\r\n", TemporaryFailure, "localhost gives an answer that is not understood"),
        (
            answer("200 OK", b"private", Content_Encoding="gzip"),
            TemporaryFailure,
            "localhost gives an answer that is not understood",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nBEGIN",
            TemporaryFailure,
            "localhost gives an answer that is not understood",
        ),
        (answer("200 OK", b"x" * 10_000_001), PermanentFailure, "localhost gives more than 10 MB"),
        (
            answer("200 OK", gzip.compress(b"x" * 200_000_000), Content_Encoding="gzip"),
            PermanentFailure,
            "localhost gives more than 10 MB",
        ),
    ],
    ids=lambda value: "" if isinstance(value, bytes | type) else None,
)
async def test_an_answer_that_is_no_calendar_is_told_with_what_to_do(
    web: Web, page: bytes, kind: type[MailerError], said: str
) -> None:
    web.pages[SECRET] = page

    error = await refusal(at(web.url(SECRET)))

    assert isinstance(error, kind)
    assert str(error).startswith(f"the calendar of petra: {said}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://calendar.example.org/private", "would give the calendar without encryption; write its https://"),
        ("ftp://calendar.example.org/private", "the address is none of a calendar; it begins with https://"),
        ("https:///private", "the address is none of a calendar; it begins with https://"),
        ("https://[::private", "the address is none of a calendar; it begins with https://"),
        ("https://example.org:port/private", "the address is none of a calendar; it begins with https://"),
        ("private", "the address is none of a calendar; it begins with https://"),
        ("https://localhost:1/private", "localhost cannot be reached; it is tried again later"),
        ("https://calendar.invalid/private", "calendar.invalid cannot be reached; it is tried again later"),
    ],
)
async def test_an_address_that_leads_nowhere_is_told_without_its_secret(
    url: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)

    assert said in str(await refusal(at(url)))


@pytest.mark.parametrize("kind", ["expired", "wrong_host", "self_signed"])
async def test_a_certificate_that_does_not_hold_ends_the_fetch(certificates: Certificates, kind: str) -> None:
    async with running_web(context=getattr(certificates, kind)) as web:
        error = await refusal(at(web.url(SECRET)), context=trusting(certificates))

        assert "localhost has a certificate that is not accepted" in str(error)
        assert web.asked == []


async def test_the_address_of_a_calendar_stands_in_no_log(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    web.pages[SECRET] = answer("302 Found", Location=SECRET + "2")
    web.pages[SECRET + "2"] = answer("200 OK", ICS)

    await fetch_calendar(at(web.url(SECRET)))
    await refusal(at(web.url("/private")))

    assert "private" not in caplog.text


async def test_a_calendar_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "petra.ics").write_bytes(ICS)

    assert await fetch_calendar(CalendarPlace(coach="petra", path=tmp_path / "petra.ics")) == ICS


async def test_a_calendar_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "large.ics").write_bytes(b"x" * 10_000_001)
    missing, large = tmp_path / "petra.ics", tmp_path / "large.ics"

    assert str(await refusal(CalendarPlace(coach="petra", path=missing))) == (
        f"the calendar of petra: {missing} cannot be read: No such file or directory; "
        "put the file there, or name another"
    )
    assert "Is a directory" in str(await refusal(CalendarPlace(coach="petra", path=tmp_path)))
    assert "more than 10 MB" in str(await refusal(CalendarPlace(coach="petra", path=large)))


async def test_an_address_that_was_not_found_is_told_when_it_is_wanted() -> None:
    place = CalendarPlace(coach="petra", trouble="calendar_env: the environment variable X is not set")

    assert str(await refusal(place)) == "the calendar of petra: calendar_env: the environment variable X is not set"
