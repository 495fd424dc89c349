"""How a name and an address are written in From, To and Reply-To, and in the envelope.

Sources: RFC 5322 §3.2.3-3.2.5, §3.4; RFC 5321 §4.5.3.1.1 (64 octets); IDNA 2008 for the domain. A local part outside
ASCII has no ASCII spelling: it is written as UTF-8 and needs a server with SMTPUTF8 (RFC 6531).
"""

from __future__ import annotations

import functools
import re

import idna

from mailer.message.writing.header_lines import BadHeader, fold, is_plain, refuse_breaks, words_after
from mailer.model.outgoing import Address

LOCAL_OCTETS = 64

_ATOM = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\\-\u0080-\U0010ffff]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_PHRASE = re.compile(r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\- ]+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_DOMAIN = re.compile(r"[a-zA-Z0-9.\-]+|\[[a-zA-Z0-9.:]+\]")
_LONGEST_QUOTED = 64  # a quoted name has no good place to fold; longer ones go into encoded words


def mailbox_line(header: str, mailbox: Address) -> str:
    """`To: "Vogl, Petra" <petra@example.org>` with its CRLF."""
    refuse_breaks(header, mailbox.name)
    address = wire_address(mailbox.address, header=header)
    name = " ".join(mailbox.name.split())
    return fold(header, [*_phrase(header, name), f"<{address}>"] if name else [address])


@functools.lru_cache(maxsize=1024)
def wire_address(address: str, *, header: str = "address") -> str:
    """The address with its domain in ASCII and its local part quoted where it must be."""
    refuse_breaks(header, address)
    local, at, domain = address.strip().rpartition("@")
    if not (local and at and domain):
        raise BadHeader(header, "is no address: it needs one @ with text on both sides")
    return f"{_local_part(header, local)}@{_domain(header, domain)}"


def needs_smtputf8(address: str) -> bool:
    """Whether only a server with SMTPUTF8 can take this address."""
    return not address.rpartition("@")[0].isascii()


def _phrase(header: str, name: str) -> list[str]:
    if not is_plain(name):
        return words_after(header, name)
    if _PHRASE.fullmatch(name):
        return name.split(" ")
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return [quoted] if len(quoted) <= _LONGEST_QUOTED else words_after(header, name)


def _local_part(header: str, local: str) -> str:
    if _DOT_ATOM.fullmatch(local) or _QUOTED.fullmatch(local):
        written = local
    else:
        written = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if len(written.encode()) > LOCAL_OCTETS:
        raise BadHeader(header, f"has more than {LOCAL_OCTETS} octets before the @")
    return written


def _domain(header: str, domain: str) -> str:
    if not domain.isascii():
        try:
            return idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise BadHeader(header, f"has a domain that does not exist in ASCII: {error}") from error
    if not _DOMAIN.fullmatch(domain):
        raise BadHeader(header, "has a domain with characters that no domain has")
    return domain
