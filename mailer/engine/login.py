"""What is done with the tokens of a login? They are kept once it is proven that they open the account's own mailbox.

A browser that is logged in as somebody else agrees as that person, at a click. So the mailbox itself is opened before
anything is kept, and where the provider says who agreed, that must be the account. (At Microsoft a person may have the
right to a mailbox that is not their own; there the mailbox decides.) A login that was kept before stays until then.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailer.edge.imap import open_mailbox
from mailer.edge.oauth_login import identities
from mailer.edge.oauth_server import Tokens
from mailer.errors import AccountTrouble, MailerError, PermanentFailure
from mailer.flow.office import Clock
from mailer.model.grant import Grant
from mailer.model.places import Account, OAuthApp, OAuthProvider, Secret
from mailer.secrets import grants_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A login that was kept."""

    address: str  # who logged in
    place: str  # where its tokens are
    note: str = ""  # what could not be seen, or is unusual


async def keep_login(account: Account, app: OAuthApp, tokens: Tokens, *, login: str, clock: Clock) -> Kept:
    """Keeps the tokens under a new `login` id; PermanentFailure, and nothing changed, where they are not the account's.

    1. wants a refresh token: without one the login would end within the hour
    2. compares who logged in with the account
    3. opens the mailbox
    4. replaces what was kept before
    """
    if tokens.refresh is None:
        wanted = "" if app.provider is not OAuthProvider.OTHER else "; the scopes may need offline_access"
        raise PermanentFailure(f"the login gives a token for an hour and no more, so it was not kept{wanted}")
    names = identities(tokens)
    note = _compared(account, app, names)
    note = await _opened(account, tokens.access, known=bool(names) and not note) or note
    address = names[0] if names else account.address.lower()
    store = grants_of(app)
    async with store.locked():
        with store.replacing() as keep:
            keep(
                Grant(
                    login=login,
                    address=address,
                    client_id=app.client_id,
                    access=tokens.access,
                    got_at=clock(),
                    lifetime=tokens.lifetime,
                    refresh=tokens.refresh,
                )
            )
    return Kept(address=address, place=store.place, note=note)


def _compared(account: Account, app: OAuthApp, names: list[str]) -> str:
    """ "" where who logged in is the account, or nobody can tell; what is unusual where that may be right."""
    own = {one.lower() for one in (account.address, account.imap.user, account.smtp.user)}
    if not names or own & set(names):
        return ""
    told = f"{names[0]} logged in, and the account is {account.address}"
    if app.provider is OAuthProvider.MICROSOFT:
        return f"{told}; its mailbox opens for them all the same"
    raise PermanentFailure(
        f"{told}: nothing was kept. Log in again and choose {account.address}; if it is another name of that mailbox,"
        f' write user = "{names[0]}" under [account.imap] and [account.smtp]'
    )


async def _opened(account: Account, access: Secret, *, known: bool) -> str:
    """ "" once the mailbox has been opened; why it could not be tried, where it is `known` whose login this is."""

    async def token(*, refused: Secret | None = None) -> Secret:
        return access

    if not account.imap.by_token:
        return ""
    try:
        async with open_mailbox(account.imap, token=token):
            return ""
    except MailerError as trouble:
        if isinstance(trouble, AccountTrouble) and trouble.needs_person:
            raise PermanentFailure(f"the login does not open the mailbox, so it was not kept: {trouble}") from None
        if known:
            return f"the mailbox itself could not be tried now: {trouble}"
        raise PermanentFailure(f"whose login this is could not be seen, so it was not kept: {trouble}") from None
