"""[account.oauth] and the mailboxes of providers: what is known by itself, and what is wrong with what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.config import Settings, load_config
from mailer.errors import ConfigError
from mailer.model.places import OAuthApp, OAuthProvider, Secret, Security
from mailer.secrets import write_master_key

PEOPLE = (
    '[[practice]]\nid = "vogl"\ntitle = "Vogl Coaching"\n'
    '[[coach]]\nid = "petra"\nname = "Petra Vogl"\nemail = "petra@example.org"\nzone = "Europe/Berlin"\n'
)
ENV = {"PW": "app password", "SECRET": "hush"}
OUTLOOK = '[[account]]\nid = "main"\naddress = "vogl.coaching@outlook.com"\n'
OWN = '[[account]]\nid = "main"\naddress = "hello@example.org"\n'
GMAIL = '[[account]]\nid = "main"\naddress = "vogl.coaching@gmail.com"\n'
APP = '[account.oauth]\nclient_id = "app-1"\n'
MICROSOFT = '[account.oauth]\nprovider = "microsoft"\nclient_id = "app-1"\n'
GOOGLE = '[account.oauth]\nprovider = "gmail"\nclient_id = "app-1"\nclient_secret_env = "SECRET"\n'
OTHER = (
    '[account.oauth]\nprovider = "other"\nclient_id = "app-1"\nauthorize_url = "https://login.example.org/a"\n'
    'token_url = "https://login.example.org/t"\nscopes = ["mail"]\n'
)
HOSTS = '[account.smtp]\nhost = "smtp.example.org"\n[account.imap]\nhost = "imap.example.org"\n'
WITH_PASSWORD = 'password_env = "PW"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds a master key."""
    write_master_key(tmp_path / "master.key", bytes(range(32)))
    return tmp_path


def load(folder: Path, text: str, *, env: dict[str, str] | None = None, connects: bool = True) -> Settings:
    file = folder / "config.toml"
    file.write_text(PEOPLE + text)
    return load_config(file, env=ENV if env is None else env, connects=connects)


def app_of(folder: Path, text: str) -> OAuthApp:
    app = load(folder, text).accounts[0].oauth
    assert app is not None
    return app


# what is written, then: SMTP host, port and security, IMAP host, whether by token, letters a day
MAILBOXES = [
    (GMAIL + WITH_PASSWORD, "smtp.gmail.com", 465, "tls", "imap.gmail.com", False, 400),
    (GMAIL + GOOGLE, "smtp.gmail.com", 465, "tls", "imap.gmail.com", True, 400),
    (OUTLOOK + APP, "smtp-mail.outlook.com", 587, "starttls", "outlook.office365.com", True, 250),
    (OUTLOOK.replace("outlook.com", "hotmail.co.uk") + APP, *("smtp-mail.outlook.com", 587, "starttls"),
     "outlook.office365.com", True, 250),
    (OWN + MICROSOFT, "smtp.office365.com", 587, "starttls", "outlook.office365.com", True, 9_000),
    (OWN.replace("example.org", "vogl.onmicrosoft.com") + APP, *("smtp.office365.com", 587, "starttls"),
     "outlook.office365.com", True, 9_000),
    (OWN + '[account.imap]\nhost = "Outlook.Office365.com"\n' + APP, *("smtp.office365.com", 587, "starttls"),
     "Outlook.Office365.com", True, 9_000),
    (OWN + GOOGLE, "smtp.gmail.com", 465, "tls", "imap.gmail.com", True, 1_800),
    (OWN + WITH_PASSWORD + '[account.smtp]\nhost = "smtp.gmail.com"\n', *("smtp.gmail.com", 465, "tls"),
     "imap.gmail.com", False, 1_800),
    (OWN + WITH_PASSWORD + '[account.imap]\nhost = "imap.fastmail.com"\n', *("smtp.fastmail.com", 465, "tls"),
     "imap.fastmail.com", False, 2_000),
    (OWN + HOSTS + OTHER, "smtp.example.org", 465, "tls", "imap.example.org", True, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "smtp", "port", "security", "imap", "by_token", "per_day"), MAILBOXES)
def test_a_provider_is_known_by_address_by_host_or_by_whose_tokens_are_named(
    folder: Path, *, text: str, smtp: str, port: int, security: str, imap: str, by_token: bool, per_day: int | None
) -> None:
    account = load(folder, text).accounts[0]

    assert (account.smtp.host, account.smtp.port, account.smtp.security) == (smtp, port, Security(security))
    assert (account.imap.host, account.imap.port, account.imap.security) == (imap, 993, Security.TLS)
    assert (account.smtp.by_token, account.imap.by_token) == (by_token, by_token)
    assert account.smtp.user == account.imap.user == account.address
    assert (account.smtp.password is None) is by_token
    assert account.letters_per_day == per_day


def test_google_s_addresses_and_scopes_are_known(folder: Path) -> None:
    assert app_of(folder, GMAIL + GOOGLE) == OAuthApp(
        provider=OAuthProvider.GMAIL,
        client_id="app-1",
        client_secret=Secret("hush"),
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",
        device_url="",
        scopes=("https://mail.google.com/", "openid", "email"),
        tokens_file=folder / "data" / "tokens" / "main.json",
    )


TENANTS = [
    (OUTLOOK + APP, "consumers"),
    (OWN + MICROSOFT, "organizations"),
    (OWN + MICROSOFT + 'tenant = "vogl.example.org"\n', "vogl.example.org"),
    (OUTLOOK + APP + 'tenant = "common"\n', "common"),
]


@pytest.mark.parametrize(("text", "tenant"), TENANTS)
def test_microsoft_s_addresses_name_whose_accounts_may_log_in(folder: Path, text: str, tenant: str) -> None:
    app = app_of(folder, text)

    base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
    assert (app.authorize_url, app.token_url, app.device_url) == (
        f"{base}/authorize",
        f"{base}/token",
        f"{base}/devicecode",
    )
    assert app.client_secret is None
    assert app.scopes[:3] == (
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
        "offline_access",
    )


def test_tokens_stand_in_the_data_folder_or_in_the_keyring(folder: Path) -> None:
    text = OUTLOOK.replace('"main"', '"letters"') + APP + 'token_keyring = "between-sessions/token"\n'
    (folder / "config.toml").write_text('data = "store"\n' + PEOPLE + text)

    app = load_config(folder / "config.toml", env=ENV).accounts[0].oauth

    assert app is not None
    assert app.tokens_file == folder / "store" / "tokens" / "letters.json"
    assert app.tokens_keyring == "between-sessions/token"


def test_an_end_with_a_password_of_its_own_uses_that_and_the_other_the_tokens(folder: Path) -> None:
    text = OUTLOOK + '[account.smtp]\nhost = "relay.example.org"\nuser = "petra"\npassword_env = "PW"\n' + APP

    account = load(folder, text).accounts[0]

    assert (account.smtp.by_token, account.smtp.user, account.smtp.password) == (False, "petra", Secret("app password"))
    assert (account.imap.by_token, account.imap.host) == (True, "outlook.office365.com")


def test_a_command_that_connects_to_nobody_needs_no_client_secret(folder: Path) -> None:
    settings = load(folder, GMAIL + GOOGLE, env={}, connects=False)

    assert list(settings.closed) == ["main"]
    assert settings.accounts[0].oauth is not None


def test_no_repr_of_the_settings_shows_the_client_secret(folder: Path) -> None:
    assert "hush" not in repr(load(folder, GMAIL + GOOGLE))


TOKENS_ONLY = (
    "programs log in there with tokens, not with passwords; write [account.oauth] with client_id, as "
    "docs/operating.md shows, then run `mailer login microsoft`"
)
ONE_PROBLEM = [
    (OUTLOOK, f"9:1: account: smtp-mail.outlook.com and outlook.office365.com: {TOKENS_ONLY}"),
    (OUTLOOK + WITH_PASSWORD, f"9:1: account: smtp-mail.outlook.com and outlook.office365.com: {TOKENS_ONLY}"),
    (
        OWN + WITH_PASSWORD + '[account.smtp]\nhost = "relay.example.org"\n'
        '[account.imap]\nhost = "outlook.office365.com"\n',
        f"9:1: account: outlook.office365.com: {TOKENS_ONLY}",
    ),
    (
        OUTLOOK + 'oauth = "microsoft"\n',
        "12:9: account.oauth: a name is not enough: write a table [account.oauth] with provider and client_id",
    ),
    (
        OUTLOOK + "[account.oauth]\n",
        "12:1: account.oauth.client_id: client_id is missing: register an app with Microsoft once, docs/operating.md "
        "shows how, and write its id",
    ),
    (
        GMAIL + GOOGLE.replace('client_id = "app-1"\n', ""),
        "12:1: account.oauth.client_id: client_id is missing: register an app with Google once, docs/operating.md "
        "shows how, and write its id",
    ),
    (
        GMAIL + GOOGLE.replace('client_secret_env = "SECRET"\n', ""),
        "12:1: account.oauth.client_secret_env: Google gives every app a secret and asks for it: write "
        'client_secret_env = "VARIABLE", client_secret_file = "path" or client_secret_keyring = "service/user"',
    ),
    (
        GMAIL + GOOGLE.replace("_env", ""),
        "15:1: account.oauth.client_secret: a secret never stands in this file; name where it is kept: "
        'client_secret_env = "VARIABLE", client_secret_file = "path" or client_secret_keyring = "service/user"',
    ),
    (
        GMAIL + GOOGLE.replace("SECRET", "NO_SECRET"),
        "15:21: account.oauth.client_secret_env: the environment variable NO_SECRET is not set; set it where the "
        "program is started",
    ),
    (
        GMAIL + WITH_PASSWORD + GOOGLE,
        "12:16: account.password_env: there is a password and there is [account.oauth]; keep one of them",
    ),
    (
        OWN + HOSTS + APP,
        '16:1: account.oauth.provider: who gives the tokens? Write "gmail", "microsoft" or "other"',
    ),
    (
        OUTLOOK + APP + 'provider = "yahoo"\n',
        '14:12: account.oauth.provider: must be "gmail", "microsoft" or "other", not "yahoo"',
    ),
    (
        GMAIL + GOOGLE + 'tenant = "example.org"\n',
        "16:10: account.oauth.tenant: only Microsoft has tenants; delete this line",
    ),
    (
        OUTLOOK + APP + 'tenant = "../x"\n',
        '14:10: account.oauth.tenant: a tenant is the id or domain of a Microsoft directory, such as "example.org"',
    ),
    (
        OWN + HOSTS + OTHER.replace("https://login.example.org/t", "http://login.example.org/t"),
        '20:13: account.oauth.token_url: write the whole address, beginning with "https://"',
    ),
    (
        OWN + HOSTS + OTHER.replace('token_url = "https://login.example.org/t"\n', ""),
        "16:1: account.oauth.token_url: token_url is missing; your provider's OpenID configuration shows it",
    ),
    (
        OWN + HOSTS + OTHER.replace('scopes = ["mail"]\n', ""),
        "16:1: account.oauth.scopes: scopes is missing; write what your provider calls access to mail",
    ),
    (
        OUTLOOK + APP + 'token_keyring = "token"\n',
        '14:17: account.oauth.token_keyring: a keyring entry is written "service/user"',
    ),
    (
        OUTLOOK + APP + 'client = "x"\n',
        '14:1: account.oauth.client: unknown key "client"; did you mean "client_id"?',
    ),
]


@pytest.mark.parametrize(("text", "told"), ONE_PROBLEM)
def test_one_mistake_is_one_problem_with_its_place_and_remedy(folder: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)

    assert [str(one).replace(f"{folder}/config.toml:", "") for one in caught.value.problems] == [told]


UNSAFE = [
    "login.example.org",
    "ftp://login.example.org/t",
    "https://",
    "http://10.0.0.1/t",
    "https://[::1",
    "https:///t",
]


@pytest.mark.parametrize("url", UNSAFE)
def test_tokens_are_asked_for_over_a_safe_connection_only(folder: Path, url: str) -> None:
    with pytest.raises(ConfigError, match='write the whole address, beginning with "https://"'):
        load(folder, OWN + HOSTS + OTHER.replace("https://login.example.org/t", url))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/t", "http://localhost/t", "http://[::1]:8080/t"])
def test_a_server_on_this_machine_may_go_without_tls(folder: Path, url: str) -> None:
    assert app_of(folder, OWN + HOSTS + OTHER.replace("https://login.example.org/t", url)).token_url == url
