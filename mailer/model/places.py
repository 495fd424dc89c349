"""Where mail leaves and arrives: accounts, their two servers, and the secrets that open them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path


class Security(StrEnum):
    """How a connection is protected. A certificate is always verified; there is no switch to leave that out."""

    TLS = "tls"  # TLS from the first byte (SMTP 465, IMAP 993)
    STARTTLS = "starttls"  # plain greeting, then TLS before any login (SMTP 587, IMAP 143)
    NONE = "none"  # loopback addresses only: demo and tests


class AccountMode(StrEnum):
    """Whose mailbox an account is."""

    DEDICATED = "dedicated"  # the program's own: every letter is kept
    SHARED = "shared"  # a person's as well: only letters that are provably ours are kept


class Secret:
    """A password or token that no repr, log or traceback shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself: for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One end of an account."""

    host: str
    port: int
    security: Security
    user: str = ""  # empty: no login
    password: Secret | None = None
    ca_file: str | None = None  # PEM of a private authority to trust beside the system's
    by_token: bool = False  # an OAuth access token of the account's login is shown instead of a password


class OAuthProvider(StrEnum):
    """Who gives the tokens; what is particular about each stands where it matters."""

    GMAIL = "gmail"  # Gmail and Google Workspace
    MICROSOFT = "microsoft"  # Outlook.com and Microsoft 365
    OTHER = "other"  # a host's own authorization server


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthApp:
    """The app that the operator registered with a provider, and where its tokens for one account are kept."""

    provider: OAuthProvider
    client_id: str
    client_secret: Secret | None  # None for public clients
    authorize_url: str
    token_url: str
    device_url: str  # "": the provider gives no mail access by device code
    scopes: tuple[str, ...]
    tokens_file: Path  # its folder holds the lock as well, also where the tokens themselves are in a keyring
    tokens_keyring: str = ""  # "service/user"; "": in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A mailbox with SMTP and IMAP, as config.toml describes it."""

    slug: str
    practice: str  # the practice's slug
    address: str  # letters come from and return to this address
    mode: AccountMode
    smtp: Server
    imap: Server
    folders: tuple[str, ...] = ("INBOX",)
    since: date | None = None  # read letters from this day on at the first connection; None: only what comes now
    plus_addresses: bool = True  # the host delivers local+anything@host here
    verp: bool = False  # reports come back to local+token@host: the host lets letters leave with that envelope sender
    authserv_id: str = ""  # whose Authentication-Results are believed; "": nobody's
    letters_per_day: int | None = None  # None: the host sets no limit that is known
    letters_per_minute: int | None = None
    connections: int = 1  # how many letters may be under way to its server at once
    oauth: OAuthApp | None = None  # None: passwords only
