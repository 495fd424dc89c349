"""`mailer login`: a person agrees, and the program gets tokens for the mailbox instead of a password."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.desk import DEFAULT_CONFIG, ConfigOption, clock
from mailer.cli.problems import WrongUsage
from mailer.config import Settings, load_config
from mailer.edge.oauth_login import PERSON_SECONDS, browser_login, device_login, tokens_of_device
from mailer.edge.oauth_loopback import Loopback
from mailer.edge.oauth_server import Tokens
from mailer.engine.login import Kept, keep_login
from mailer.engine.opening import open_office
from mailer.errors import ConfigError
from mailer.model.places import Account, OAuthApp, OAuthProvider

_MANY_OCTETS = 65_536


class ProviderName(StrEnum):
    """Who is logged in at, as it is typed."""

    GMAIL = "gmail"
    MICROSOFT = "microsoft"
    OTHER = "other"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(login)


def login(
    provider: Annotated[
        ProviderName | None,
        typer.Argument(
            metavar="[PROVIDER]", help="gmail, microsoft or other: who gives the tokens. Usual: the only one."
        ),
    ] = None,
    account: Annotated[str, typer.Option(metavar="ACCOUNT", help="Which account, where there are several.")] = "",
    device: Annotated[bool, typer.Option("--device", help="Enter a code on another device; not with Google.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address to open.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Log an account in with tokens instead of a password.

    Opens the provider's page in a browser; you agree there, and nobody here sees your password. The tokens are kept
    only if they open the account's own mailbox, and are renewed by themselves. Where no browser is at hand the address
    can be opened on any machine: paste here the address it ends on. Needs [account.oauth] in config.toml.
    """
    settings = _settings(config)
    chosen, app = _chosen(settings, provider=provider, account=account)
    if device and not app.device_url:
        raise WrongUsage(
            f"{_name(app)} gives no access to mail by device code; leave --device out and open the address"
        )
    kept = asyncio.run(_log_in(chosen, app, device=device, opens=not no_browser))
    _lift_pauses(settings)
    typer.echo(f"logged in as {kept.address}; account {chosen.slug} works with it from now on")
    typer.echo(f"its tokens are kept in {kept.place} and renewed by themselves")
    if kept.note:
        typer.echo(f"note: {kept.note}", err=True)


def _settings(config: Path) -> Settings:
    """The configuration; what other accounts lack is no matter here."""
    return load_config(config, env=os.environ, connects=False)


def _chosen(settings: Settings, *, provider: ProviderName | None, account: str) -> tuple[Account, OAuthApp]:
    """The account that is meant, with its app."""
    named = [one for one in settings.accounts if account in ("", one.slug)]
    if not named:
        known = ", ".join(one.slug for one in settings.accounts)
        raise WrongUsage(f'there is no account "{account}"; there is {known}')
    able = [(one, one.oauth) for one in named if one.oauth is not None]
    if not able:
        what = f'account "{account}" has no' if account else "no account has"
        raise WrongUsage(f"{what} [account.oauth] in config.toml; docs/operating.md shows what to write there")
    fitting = [pair for pair in able if provider is None or pair[1].provider == OAuthProvider(provider)]
    if not fitting:
        slug, other = able[0][0].slug, able[0][1].provider
        raise WrongUsage(f'account "{slug}" gets its tokens elsewhere: type `mailer login {other}`')
    if len(fitting) > 1:
        names = ", ".join(one.slug for one, _ in fitting)
        raise WrongUsage(f"several accounts log in there; name one with --account: {names}")
    chosen, app = fitting[0]
    if chosen.slug in settings.closed:
        raise ConfigError([settings.closed[chosen.slug]])
    return chosen, app


async def _log_in(account: Account, app: OAuthApp, *, device: bool, opens: bool) -> Kept:
    tokens = await (_by_device(account, app) if device else _by_browser(account, app, opens=opens))
    return await keep_login(account, app, tokens, login=secrets.token_hex(8), clock=clock)


async def _by_browser(account: Account, app: OAuthApp, *, opens: bool) -> Tokens:
    async with browser_login(app, address=account.address, random_text=lambda: secrets.token_urlsafe(48)) as browsing:
        opened = opens and _has_browser() and webbrowser.open(browsing.url)
        typer.echo(f"{'A browser opens; if none does, open' if opened else 'Open'} this address:\n")
        typer.echo(f"    {browsing.url}\n")
        typer.echo(f"and log in as {account.address}. This waits {PERSON_SECONDS / 60:g} minutes.")
        typer.echo("Where the browser ends on a page that it cannot load, paste that page's address here.")
        with _pasting_into(browsing.page):
            return await browsing.tokens()


async def _by_device(account: Account, app: OAuthApp) -> Tokens:
    code = await device_login(app)
    typer.echo(f"On any device open {code.url} and enter the code\n")
    typer.echo(f"    {code.user_code}\n")
    typer.echo(f"and log in as {account.address}. This waits {code.seconds / 60:g} minutes.")
    return await tokens_of_device(app, code)


def _has_browser() -> bool:
    """Whether there is a window to open one in; else a text browser would take over this terminal."""
    desk = sys.platform in ("darwin", "win32")
    return desk or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


@contextmanager
def _pasting_into(page: Loopback) -> Iterator[None]:
    """Meanwhile takes addresses that are typed or pasted, where there is something to type on."""
    loop = asyncio.get_running_loop()
    typed = bytearray()

    def read() -> None:
        data = os.read(sys.stdin.fileno(), _MANY_OCTETS)
        if not data:
            loop.remove_reader(sys.stdin.fileno())
        typed.extend(data)
        *lines, rest = bytes(typed).split(b"\n")
        typed[:] = rest
        for line in filter(None, (one.decode("utf-8", "replace").strip() for one in lines)):
            if not page.take(line):
                typer.echo("that is not the address this login ends on; copy the whole address line", err=True)

    try:
        loop.add_reader(sys.stdin.fileno(), read)
    except (OSError, ValueError, AttributeError, NotImplementedError):  # no terminal and no pipe
        yield
        return
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin.fileno())


def _lift_pauses(settings: Settings) -> None:
    """Lets an engine that waits for a person know; before the first `mailer migrate` there is none."""
    try:
        with open_office(settings, now=clock()):
            pass
    except ConfigError:
        pass


def _name(app: OAuthApp) -> str:
    return {OAuthProvider.GMAIL: "Google", OAuthProvider.MICROSOFT: "Microsoft"}.get(app.provider, "the provider")
