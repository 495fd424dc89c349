"""Whose mailbox is an account's, and what is particular there? So that its user writes as little as can be.

Known by the domain of the address, by a host that stands in the file, or by whose OAuth it names; no name is looked up.
As the providers document it, looked up in November 2026. A domain of one's own at Google or Microsoft has the business
limits. Microsoft takes no passwords from programs any more.

The pace is kept below what a provider allows, since its owner writes letters from the same account: Gmail 500 a day,
Workspace 2,000, Microsoft 365 10,000 recipients a day and 30 letters a minute, Outlook.com 300 (new accounts far
fewer), iCloud 1,000, Fastmail some thousands by plan, Yahoo 500.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailer.model.places import OAuthProvider, Security


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many letters a host takes; None where no limit is known."""

    letters_per_day: int | None = None  # within any 24 hours
    letters_per_minute: int | None = None
    connections: int = 2


OWN_HOST = Pace(connections=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Two servers and what is particular about them; IMAP is always on port 993."""

    name: str  # as people know it
    smtp_host: str
    imap_host: str
    smtp_port: int = 465
    smtp_security: Security = Security.TLS
    plus_addresses: bool = True
    verp: bool = False  # letters may leave with name+token@… as envelope sender; most put the login in its place
    pace: Pace
    oauth: OAuthProvider | None = None  # whose tokens its servers take
    tenant: str = ""  # Microsoft's word for who may log in: "consumers" for Outlook.com, "organizations" for firms
    takes_passwords: bool = True


_GMAIL = Provider(
    name="Gmail",
    smtp_host="smtp.gmail.com",
    imap_host="imap.gmail.com",
    pace=Pace(letters_per_day=400),
    oauth=OAuthProvider.GMAIL,
)
_WORKSPACE = Provider(
    name="Google Workspace",
    smtp_host="smtp.gmail.com",
    imap_host="imap.gmail.com",
    pace=Pace(letters_per_day=1_800),
    oauth=OAuthProvider.GMAIL,
)
_FASTMAIL = Provider(
    name="Fastmail",
    smtp_host="smtp.fastmail.com",
    imap_host="imap.fastmail.com",
    pace=Pace(letters_per_day=2_000),
)
_ICLOUD = Provider(
    name="iCloud",
    smtp_host="smtp.mail.me.com",
    imap_host="imap.mail.me.com",
    smtp_port=587,
    smtp_security=Security.STARTTLS,
    pace=Pace(letters_per_day=800),
)
_YAHOO = Provider(
    name="Yahoo",
    smtp_host="smtp.mail.yahoo.com",
    imap_host="imap.mail.yahoo.com",
    plus_addresses=False,
    pace=Pace(letters_per_day=400, connections=1),
)
_OUTLOOK = Provider(
    name="Outlook.com",
    smtp_host="smtp-mail.outlook.com",
    imap_host="outlook.office365.com",
    smtp_port=587,
    smtp_security=Security.STARTTLS,
    pace=Pace(letters_per_day=250, connections=1),
    oauth=OAuthProvider.MICROSOFT,
    tenant="consumers",
    takes_passwords=False,
)
_MICROSOFT_365 = Provider(
    name="Microsoft 365",
    smtp_host="smtp.office365.com",
    imap_host="outlook.office365.com",
    smtp_port=587,
    smtp_security=Security.STARTTLS,
    pace=Pace(letters_per_day=9_000, letters_per_minute=28),
    oauth=OAuthProvider.MICROSOFT,
    tenant="organizations",
    takes_passwords=False,
)
_OUTLOOK_DOMAINS = (
    *("outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de", "outlook.fr", "outlook.es", "outlook.it"),
    *("hotmail.co.uk", "hotmail.de", "hotmail.fr", "hotmail.es", "hotmail.it", "live.co.uk", "live.de", "live.fr"),
)
_BY_DOMAIN = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), _GMAIL),
    **dict.fromkeys(("fastmail.com", "fastmail.fm"), _FASTMAIL),
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), _ICLOUD),
    **dict.fromkeys(("yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.es", "yahoo.it", "ymail.com"), _YAHOO),
    **dict.fromkeys(_OUTLOOK_DOMAINS, _OUTLOOK),
}
_BY_HOST = {
    **{host: one for one in (_FASTMAIL, _ICLOUD, _YAHOO) for host in (one.smtp_host, one.imap_host)},
    **dict.fromkeys(("smtp.gmail.com", "imap.gmail.com", "smtp.googlemail.com", "imap.googlemail.com"), _WORKSPACE),
    **dict.fromkeys(("smtp.office365.com", "outlook.office365.com", "outlook.office.com"), _MICROSOFT_365),
    **dict.fromkeys(("smtp-mail.outlook.com", "imap-mail.outlook.com"), _OUTLOOK),
}
_BY_OAUTH = {OAuthProvider.GMAIL: _WORKSPACE, OAuthProvider.MICROSOFT: _MICROSOFT_365}
_MICROSOFT_TENANT = ".onmicrosoft.com"


def provider_of(
    address: str, *, hosts: tuple[str | None, ...] = (), oauth: OAuthProvider | None = None
) -> Provider | None:
    """Whose mailbox an address is: by its domain, else by the first known host, else by whose OAuth it uses."""
    domain = address.rpartition("@")[2].lower()
    if domain in _BY_DOMAIN:
        return _BY_DOMAIN[domain]
    if domain.endswith(_MICROSOFT_TENANT):
        return _MICROSOFT_365
    known = [_BY_HOST[host.lower()] for host in hosts if host is not None and host.lower() in _BY_HOST]
    return known[0] if known else _BY_OAUTH.get(oauth) if oauth is not None else None


def takes_no_password(host: str) -> bool:
    """Whether a server is known to refuse passwords, whoever asks."""
    provider = _BY_HOST.get(host.lower())
    return provider is not None and not provider.takes_passwords
