"""Which app asks for an account's tokens, where, and for what? From [account.oauth] to an OAuthApp.

There is no app that comes with the program: Google and Microsoft give an id to whoever answers for the app, so each
operator registers one. Addresses and scopes of the two are known (looked up in November 2026).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from mailer.config.providers import Provider
from mailer.config.spellings import Line
from mailer.model.places import OAuthApp, OAuthProvider, Secret
from mailer.secrets import SecretSource, three_ways
from mailer.tomlfile import Choice, Table

_PAGE = "docs/operating.md shows how"
_NO_SECRET_HERE = f"a secret never stands in this file; name where it is kept: {three_ways('client_secret')}"
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_MICROSOFT = "https://login.microsoftonline.com"
_SCOPES = {
    OAuthProvider.GMAIL: ("https://mail.google.com/", "openid", "email"),
    OAuthProvider.MICROSOFT: (
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
        *("offline_access", "openid", "email", "profile"),
    ),
    OAuthProvider.OTHER: (),
}

Complain = Callable[[str, str], None]  # takes what is wrong, and with which key


class OAuthTable(Table):
    """[account.oauth]: logging in with tokens that `mailer login` gets, instead of a password."""

    advice: ClassVar[Mapping[str, str]] = {"client_secret": _NO_SECRET_HERE}

    provider: Choice[OAuthProvider] | None = None
    """Who gives the tokens, "gmail", "microsoft" or "other"; known for their own addresses and hosts."""
    client_id: Line | None = None
    """The id of the app that you registered there."""
    client_secret_env: Line | None = None
    """An environment variable that holds the app's secret; Google gives one, Microsoft needs none."""
    client_secret_file: Line | None = None
    """A file with the app's secret that only its owner can read."""
    client_secret_keyring: Line | None = None
    """Where it is in the system's keyring, "service/user"; needs the package keyring."""
    tenant: Line | None = None
    """Whose accounts may log in at Microsoft: your directory's id where the app is for it alone."""
    token_keyring: Line | None = None
    """Keep the tokens in the system's keyring under "service/user"; in the data folder if not given."""
    authorize_url: Line | None = None
    """Where a person agrees; with "other"."""
    token_url: Line | None = None
    """Where tokens come from; with "other"."""
    device_url: Line | None = None
    """Where a login on another device begins; with "other", if there is such a thing."""
    scopes: tuple[Line, ...] | None = None
    """What the tokens are for; with "other"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthReading:
    """[account.oauth] on its way to an OAuthApp; what is wrong goes to `complain`."""

    table: OAuthTable
    account: str
    provider: Provider | None
    data: Path
    secret: Callable[[SecretSource], Secret | None]  # finds a secret, or tells what is wrong
    complain: Complain

    @property
    def who(self) -> OAuthProvider | None:
        """Whose tokens these are, None where nothing tells."""
        known = self.provider.oauth if self.provider is not None else None
        return self.table.provider or known or (OAuthProvider.OTHER if self.table.token_url is not None else None)

    def app(self) -> OAuthApp | None:
        """The app, None where something essential is missing."""
        who = self.who
        if who is None:
            self.complain('who gives the tokens? Write "gmail", "microsoft" or "other"', "provider")
            return None
        self._check_client(who)
        authorize, token, device = self._addresses(who)
        scopes = self.table.scopes or _SCOPES[who]
        if not scopes:
            self.complain(f"scopes is missing; write what {self._called(who)} calls access to mail", "scopes")
        if not (self.table.client_id and authorize and token and scopes):
            return None
        return OAuthApp(
            provider=who,
            client_id=self.table.client_id,
            client_secret=self._secret(who),
            authorize_url=authorize,
            token_url=token,
            device_url=device,
            scopes=scopes,
            tokens_file=self.data / "tokens" / f"{self.account}.json",
            tokens_keyring=self._keyring(),
        )

    def _check_client(self, who: OAuthProvider) -> None:
        if self.table.client_id is None:
            said = f"client_id is missing: register an app with {self._called(who)} once, {_PAGE}, and write its id"
            self.complain(said, "client_id")

    def _secret(self, who: OAuthProvider) -> Secret | None:
        source = SecretSource(
            name="client_secret",
            env=self.table.client_secret_env,
            file=self.table.client_secret_file,
            keyring=self.table.client_secret_keyring,
        )
        if source.given():
            return self.secret(source)
        if who is OAuthProvider.GMAIL:
            said = f"Google gives every app a secret and asks for it: write {three_ways('client_secret')}"
            self.complain(said, "client_secret_env")
        return None

    def _addresses(self, who: OAuthProvider) -> tuple[str, str, str]:
        """Where to agree, to get tokens, and to begin on another device."""
        usual = self._usual(who)
        keys = ("authorize_url", "token_url", "device_url")
        written = (self.table.authorize_url, self.table.token_url, self.table.device_url)
        for key, url in zip(keys, written, strict=True):
            if url is not None and not _is_safe(url):
                self.complain('write the whole address, beginning with "https://"', key)
            elif url is None and who is OAuthProvider.OTHER and key != "device_url":
                self.complain(f"{key} is missing; your provider's OpenID configuration shows it", key)
        authorize, token, device = (url or known for url, known in zip(written, usual, strict=True))
        return authorize, token, device

    def _usual(self, who: OAuthProvider) -> tuple[str, str, str]:
        if self.table.tenant is not None and who is not OAuthProvider.MICROSOFT:
            self.complain("only Microsoft has tenants; delete this line", "tenant")
        elif self.table.tenant is not None and not _TENANT.fullmatch(self.table.tenant):
            self.complain('a tenant is the id or domain of a Microsoft directory, such as "example.org"', "tenant")
        match who:
            case OAuthProvider.GMAIL:  # its device codes are for television sets: they give no mail
                return "https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token", ""
            case OAuthProvider.MICROSOFT:
                known = self.provider.tenant if self.provider is not None else ""
                base = f"{_MICROSOFT}/{self.table.tenant or known or 'common'}/oauth2/v2.0"
                return f"{base}/authorize", f"{base}/token", f"{base}/devicecode"
            case OAuthProvider.OTHER:
                return "", "", ""

    def _keyring(self) -> str:
        entry = self.table.token_keyring or ""
        service, _, user = entry.rpartition("/")
        if entry and not (service and user):
            self.complain('a keyring entry is written "service/user"', "token_keyring")
        return entry

    def _called(self, who: OAuthProvider) -> str:
        names = {OAuthProvider.GMAIL: "Google", OAuthProvider.MICROSOFT: "Microsoft"}
        return names.get(who, "your provider")


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
