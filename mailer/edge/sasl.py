"""How is an access token shown to a mail server? The words of XOAUTH2 and of its standard successor OAUTHBEARER.

XOAUTH2 is what Google and Microsoft document; OAUTHBEARER is RFC 7628. Both tell a refusal in a challenge that wants an
answer of its own before the refusal itself comes: who does not give it waits for ever.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from mailer.model.places import Secret, Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """The words of one mechanism, in base64 as they go over the wire."""

    mechanism: str
    words: str
    after_refusal: str  # what the challenge with the reason is answered with

    def __repr__(self) -> str:
        return f"Bearing({self.mechanism})"


def bearing(server: Server, token: Secret, *, offered: frozenset[str]) -> Bearing | None:
    """The words for the mechanism a server offers (names in upper case); None where it offers neither."""
    if "XOAUTH2" in offered:
        words = f"user={server.user}\1auth=Bearer {token.reveal()}\1\1"
        return Bearing(mechanism="XOAUTH2", words=_base64(words), after_refusal="")
    if "OAUTHBEARER" in offered:
        user = server.user.replace("=", "=3D").replace(",", "=2C")
        place = f"host={server.host}\1port={server.port}"
        words = f"n,a={user},\1{place}\1auth=Bearer {token.reveal()}\1\1"
        return Bearing(mechanism="OAUTHBEARER", words=_base64(words), after_refusal=_base64("\1"))
    return None


def spellings(server: Server, token: Secret) -> list[str]:
    """Every form in which a server's answer could repeat a token."""
    shown = [bearing(server, token, offered=frozenset({name})) for name in ("XOAUTH2", "OAUTHBEARER")]
    return [token.reveal(), _base64(token.reveal()), *(one.words for one in shown if one is not None)]


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
