"""Who vouches for the sender of letters here, and what do SPF, DKIM and DMARC say?

Many hosts put no Authentication-Results on a letter to oneself; then letters from others tell whose name stands on
theirs. A name is proposed for `authserv_id` only where it is the same on all that were looked at: some hosts write the
name of one machine of many. Exchange Online names nobody. Sources: RFC 8601, RFC 7208 §8, RFC 6376, RFC 7489.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailer.message.reading.authentication import Result, Stamp, topmost_stamp
from mailer.message.returned.letter import Returned, failed, good, note
from mailer.model.checkup import Finding

FEWEST_OTHERS = 3  # letters from others that must agree before their word is taken

_ABOUT = "Authentication-Results"
_PROPERTIES = {
    "spf": ("smtp.mailfrom", "smtp.helo"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from",),
}
_FAILS = {"fail", "hardfail", "permerror"}
_REMEDIES = {
    "spf": "whoever keeps the DNS of {host} must add the sending server to its SPF record",
    "dkim": "switch on DKIM for {host} at the provider, and put its key into the DNS",
    "dmarc": "mend SPF or DKIM of {host}: clients' hosts may refuse its letters or file them as junk",
}
_WITHOUT = {
    "spf": "the DNS of {host} does not say which servers send for it",
    "dkim": "letters are not signed; large hosts ask for it",
    "dmarc": "{host} has no DMARC record; large hosts ask for one",
}


def stamp_findings(it: Returned, *, others: Sequence[Stamp | None]) -> Iterator[Finding]:
    """Whose word counts, then what it says; `others` are the topmost stamps of some letters from others."""
    found = topmost_stamp(it.letter)
    names = {one.authserv_id.lower() if one is not None else "" for one in others}
    agreed = others[0].authserv_id if len(others) >= FEWEST_OTHERS and len(names) == 1 and others[0] else ""
    yield _whose(it, found, agreed=agreed, varies=len(names) > 1)
    if found is not None:
        host = it.account.address.rpartition("@")[2]
        passes = any(one.result == "pass" for one in found.of("dmarc"))
        for method in ("spf", "dkim", "dmarc"):
            yield _said(method, found.of(method), host=host, dmarc_passes=passes)


def _whose(it: Returned, found: Stamp | None, *, agreed: str, varies: bool) -> Finding:
    configured = it.account.authserv_id
    if found is None:
        where = f"none on this letter; {agreed} writes them on others"
        return _named(agreed, configured, where=where) if agreed else _nobody(configured)
    if not found.authserv_id:
        said = "written by a server that does not give its name, as at Microsoft 365"
        if configured:
            return failed(_ABOUT, f'{said}: authserv_id = "{configured}" fits no letter', "take authserv_id out")
        return note(_ABOUT, f"{said}; leave authserv_id empty")
    where = f"written by {found.authserv_id}"
    if varies and configured.lower() != found.authserv_id.lower():
        said = f"{where}, and by other names on other letters: authserv_id cannot be used here"
        return failed(_ABOUT, said, "take authserv_id out") if configured else note(_ABOUT, said)
    return _named(found.authserv_id, configured, where=where)


def _named(name: str, configured: str, *, where: str) -> Finding:
    if configured.lower() == name.lower():
        return good(_ABOUT, f"{where}, as authserv_id says")
    if configured:
        said = f'{where}, and authserv_id is "{configured}": forged senders are not noticed'
        return failed(_ABOUT, said, f'write authserv_id = "{name}"')
    return note(_ABOUT, where, f'write authserv_id = "{name}", so that forged senders are noticed')


def _nobody(configured: str) -> Finding:
    said = "none on this letter, as often on letters to oneself: what SPF, DKIM and DMARC say was not to be seen"
    if configured:
        return note(_ABOUT, f"{said}, nor whether authserv_id is right")
    return note(_ABOUT, said)


def _said(method: str, results: tuple[Result, ...], *, host: str, dmarc_passes: bool) -> Finding:
    name = method.upper()
    best = next((one for one in results if one.result == "pass"), results[0] if results else None)
    word = best.result if best is not None else ""
    about = best.about(*_PROPERTIES[method]).removeprefix("@") if best is not None else ""
    whose = about.rpartition("@")[2] or host
    if word == "pass":
        return good(name, f"pass, for {whose}")
    if not word:
        return note(name, "not mentioned")
    if word == "none":
        return note(name, f"none: {_WITHOUT[method].format(host=host)}")
    if word in _FAILS and not dmarc_passes:
        return failed(name, f"{word}, for {whose}", _REMEDIES[method].format(host=host))
    if dmarc_passes:
        return note(name, f"{word}, for {whose}; DMARC passes all the same")
    return note(name, f"{word}, for {whose}", _REMEDIES[method].format(host=host))
