"""How does an account reach its servers? From its table, its provider and its secrets to an Account.

An end that names a password of its own uses that; else both log in with the account's password, or with its tokens.

Replies come back to the address letters are sent from, so an account always has both ends: one that cannot read its
own mailbox would promise clients a way to answer that ends nowhere.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailer.addresses import MOST_LOCAL_OCTETS
from mailer.config.oauth import OAuthReading
from mailer.config.providers import OWN_HOST, Provider, provider_of, takes_no_password
from mailer.config.tables import AccountTable, PasswordTable, ServerTable
from mailer.errors import Problem
from mailer.model.places import Account, OAuthApp, Secret, Security, Server
from mailer.secrets import SecretSource, read_secret, three_ways
from mailer.tomlfile import KeyProblem, Places, path_beside

_TOKEN_LENGTH = 37  # "+" and the 36 characters of a token in the local part of a reply address
_PORTS = {
    "smtp": {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25},
    "imap": {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143},
}


@dataclass(slots=True)
class AccountReading:
    """One account on its way from its table to an Account; gathers problems.

    A password that is not found is a problem only where the account `connects`; else it stands in `unfound`.
    """

    table: AccountTable
    index: int
    places: Places
    env: Mapping[str, str]
    data: Path  # the data folder
    connects: bool = True
    problems: list[Problem] = field(default_factory=list)
    unfound: list[Problem] = field(default_factory=list)
    _without_password: list[str] = field(default_factory=list)
    _without_token: dict[str, None] = field(default_factory=dict)
    _secrets: dict[SecretSource, Secret | None] = field(default_factory=dict)

    def account(self, practice: str) -> Account | None:
        """The account, or None where a problem stands in the way."""
        table, provider = self.table, self._provider
        oauth = self._oauth()
        smtp, imap = self._server("smtp", table.smtp), self._server("imap", table.imap)
        plus, pace = table.plus_addresses, provider.pace if provider is not None else OWN_HOST
        if provider is not None and "plus_addresses" not in table.model_fields_set:
            plus = provider.plus_addresses
        verp = self._verp(plus=plus)
        self._check_local_part(plus=plus)
        self._check_passwords()
        if smtp is None or imap is None or self.problems:
            return None
        return Account(
            slug=table.id,
            practice=practice,
            address=table.address,
            mode=table.mode,
            smtp=smtp,
            imap=imap,
            folders=table.folders,
            since=table.since,
            plus_addresses=plus,
            verp=verp,
            authserv_id=table.authserv_id,
            letters_per_day=table.letters_per_day or pace.letters_per_day,
            letters_per_minute=table.letters_per_minute or pace.letters_per_minute,
            connections=table.connections or pace.connections,
            oauth=oauth,
        )

    @property
    def _provider(self) -> Provider | None:
        table = self.table
        named = table.oauth.provider if table.oauth is not None else None
        return provider_of(table.address, hosts=(table.smtp.host, table.imap.host), oauth=named)

    def _verp(self, *, plus: bool) -> bool:
        if "verp" not in self.table.model_fields_set:
            return plus and (self._provider is None or self._provider.verp)
        if self.table.verp and not plus:
            self._problem("it needs plus addresses, and there are none here; write verp = false", "verp")
        return self.table.verp

    def _oauth(self) -> OAuthApp | None:
        if self.table.oauth is None:
            return None
        for key in _source(self.table).given():
            self._problem("there is a password and there is [account.oauth]; keep one of them", key)
        reading = OAuthReading(
            table=self.table.oauth,
            account=self.table.id,
            provider=self._provider,
            data=self.data,
            secret=lambda source: self._read(source, ("oauth",)),
            complain=lambda said, key: self._problem(said, "oauth", key),
        )
        return reading.app()

    def _server(self, protocol: str, table: ServerTable) -> Server | None:
        host, port, security = self._way(protocol, table)
        if host is None:
            return None
        if security is Security.NONE and not _is_loopback(host):
            said = f'"none" is for this machine only, and {host} is another; write "tls" or "starttls"'
            self._problem(said, protocol, "security")
        self._check_port(protocol, port=port, security=security)
        needed = security is not Security.NONE or table.user is not None
        by_token = self.table.oauth is not None and needed and not _source(table).given()
        password = None if by_token else self._password(protocol, table, needed=needed)
        user = table.user or self.table.address
        if not by_token and needed and takes_no_password(host):
            self._without_token[host] = None
        return Server(
            host=host,
            port=port,
            security=security,
            user=user if by_token or password is not None else "",
            password=password,
            ca_file=self._ca_file(protocol, table),
            by_token=by_token,
        )

    def _way(self, protocol: str, table: ServerTable) -> tuple[str | None, int, Security]:
        """Host, port and security: as written, else the provider's, else the protocol's."""
        provider = self._provider
        ports = _PORTS[protocol]
        if table.host is None and provider is not None:
            smtp = protocol == "smtp"
            usual = provider.smtp_security if smtp else Security.TLS
            security = table.security or _security_of(table.port, usual, ports)
            default = ports[security] if table.security else (provider.smtp_port if smtp else ports[usual])
            return provider.smtp_host if smtp else provider.imap_host, table.port or default, security
        security = table.security or _security_of(table.port, Security.TLS, ports)
        if table.host is None:
            domain = self.table.address.rpartition("@")[2]
            why = "letters could not be sent" if protocol == "smtp" else "replies could not be read"
            said = f"host is missing, without it {why}; the servers of {domain} are not known by themselves"
            self._problem(f"{said}: write [account.{protocol}] with host", protocol, "host")
        return table.host, table.port or ports[security], security

    def _password(self, protocol: str, table: ServerTable, *, needed: bool) -> Secret | None:
        for holder, loc in ((table, (protocol,)), (self.table, ())):
            source = _source(holder)
            if source.given():
                return self._read(source, loc)
        if needed:
            self._without_password.append(protocol)
        return None

    def _read(self, source: SecretSource, loc: tuple[str, ...]) -> Secret | None:
        if source not in self._secrets:
            self._secrets[source] = None
            try:
                self._secrets[source] = read_secret(source, folder=self._folder, env=self.env)
            except KeyProblem as problem:
                told = self.places.problem(str(problem), "account", self.index, *loc, problem.key)
                needed = self.connects or len(source.given()) > 1
                (self.problems if needed else self.unfound).append(told)
        return self._secrets[source]

    def _check_passwords(self) -> None:
        if self._without_token:
            hosts = " and ".join(self._without_token)
            said = f"{hosts}: programs log in there with tokens, not with passwords; write [account.oauth] with"
            self._problem(f"{said} client_id, as docs/operating.md shows, then run `mailer login microsoft`")
        elif self._without_password:
            ends = " and ".join(self._without_password)
            self._problem(f"no password is named for {ends}; write {three_ways('password')} under this [[account]]")

    def _check_port(self, protocol: str, *, port: int, security: Security) -> None:
        other = {Security.TLS: Security.STARTTLS, Security.STARTTLS: Security.TLS}.get(security)
        if other is not None and port == _PORTS[protocol][other]:
            said = f'port {port} speaks {other}, not {security}; write security = "{other}" or'
            self._problem(f"{said} port = {_PORTS[protocol][security]}", protocol, "port")

    def _check_local_part(self, *, plus: bool) -> None:
        length = len(self.table.address.rpartition("@")[0])
        most = MOST_LOCAL_OCTETS - _TOKEN_LENGTH
        if plus and length > most:
            said = f"the part before the @ has {length} characters, and more than {most} leave no room for the token in"
            self._problem(f"{said} reply addresses; use a shorter address or plus_addresses = false", "address")

    def _ca_file(self, protocol: str, table: ServerTable) -> str | None:
        if table.ca_file is None:
            return None
        path = path_beside(self._folder, table.ca_file)
        if not os.access(path, os.R_OK) or path.is_dir():
            self._problem(f"there is no readable file {path}; name the PEM file of the authority", protocol, "ca_file")
        return str(path)

    @property
    def _folder(self) -> Path:
        return self.places.file.absolute().parent

    def _problem(self, message: str, *loc: str) -> None:
        self.problems.append(self.places.problem(message, "account", self.index, *loc))


def _source(table: PasswordTable) -> SecretSource:
    return SecretSource(
        name="password", env=table.password_env, file=table.password_file, keyring=table.password_keyring
    )


def _security_of(port: int | None, usual: Security, ports: Mapping[Security, int]) -> Security:
    """What a port speaks where the file does not say; never plain text."""
    return next((one for one in (Security.TLS, Security.STARTTLS) if ports[one] == port), usual)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
