"""Which servers belong to an address at a well-known provider? So that its user writes an address and a password only.

As the providers document them, looked up in November 2026. Outlook.com takes OAuth only and refuses passwords; its
servers stand here for the day this program speaks OAuth.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailer.model.places import Security


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Two servers and what is particular about them; IMAP is always on port 993."""

    smtp_host: str
    imap_host: str
    smtp_port: int = 465
    smtp_security: Security = Security.TLS
    plus_addresses: bool = True
    letters_per_day: int | None = None  # None: the ordinary default is below what the provider allows


_GMAIL = Provider(smtp_host="smtp.gmail.com", imap_host="imap.gmail.com")
_FASTMAIL = Provider(smtp_host="smtp.fastmail.com", imap_host="imap.fastmail.com")
_ICLOUD = Provider(
    smtp_host="smtp.mail.me.com",
    imap_host="imap.mail.me.com",
    smtp_port=587,
    smtp_security=Security.STARTTLS,
)
_YAHOO = Provider(smtp_host="smtp.mail.yahoo.com", imap_host="imap.mail.yahoo.com", plus_addresses=False)
_OUTLOOK = Provider(
    smtp_host="smtp-mail.outlook.com",
    imap_host="outlook.office365.com",
    smtp_port=587,
    smtp_security=Security.STARTTLS,
    letters_per_day=250,
)
_BY_DOMAIN = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), _GMAIL),
    **dict.fromkeys(("fastmail.com", "fastmail.fm"), _FASTMAIL),
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), _ICLOUD),
    **dict.fromkeys(("yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com"), _YAHOO),
    **dict.fromkeys(("outlook.com", "hotmail.com", "live.com", "msn.com"), _OUTLOOK),
}


def provider_of(address: str) -> Provider | None:
    """The provider an address belongs to by its domain."""
    return _BY_DOMAIN.get(address.rpartition("@")[2].lower())
