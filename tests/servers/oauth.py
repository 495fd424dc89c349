"""An authorization server on loopback, as Google's and Microsoft's are from outside, in a thread of its own.

It gives codes to whoever comes to its page (`browse` is that person's browser), device codes, tokens for all of them,
and new tokens for refresh tokens; it tells mail servers whose token is alive (RFC 7662). What it shall answer instead,
the next times it is asked at a path, is given as data: `server.says("/token", Answer(503))`.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import sys
import threading
import urllib.error
import urllib.request
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from mailer.model.places import OAuthApp, OAuthProvider, Secret

CLIENT_ID = "mailer-of-petra"
CLIENT_SECRET = "hush-client-9"
SCOPES = ("imap", "smtp", "openid", "email")


@dataclass(frozen=True)
class Gate:
    """Holds an answer back: `reached` is set when the server stands before it, and the test sets `open`."""

    reached: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says once in place of its own answer; a `str` is sent as it stands."""

    status: int
    body: dict[str, Any] | str = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    gate: Gate | None = None


def refusal(error: str, description: str = "") -> Answer:
    """An error as RFC 6749 §5.2 has it."""
    return Answer(400, {"error": error, "error_description": description})


@dataclass(slots=True)
class Login:
    """One person's consent: which of its tokens live."""

    address: str
    refresh: str = ""
    access: set[str] = field(default_factory=set)


@dataclass
class AuthorizationServer:
    """Where it is, how it behaves, and what it was asked."""

    url: str = ""
    person: str = "letters@example.org"  # who sits before the browser
    lifetime: Any = 3600  # seconds, as `expires_in` says
    rotates: bool = False  # a refresh token is good once
    identifies: bool = True  # sends an id token
    refreshes: bool = True  # gives a refresh token at all
    declines: bool = False  # the person says no on the page
    interval: float = 5  # seconds between two questions about a device code
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    _script: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _devices: dict[str, str] = field(default_factory=dict)  # device code -> who agreed, "" while nobody has
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def app(
        self, folder: Path, *, provider: OAuthProvider = OAuthProvider.OTHER, secret: str = CLIENT_SECRET
    ) -> OAuthApp:
        """The app that is registered here; its tokens go to a file in the folder."""
        return OAuthApp(
            provider=provider,
            client_id=CLIENT_ID,
            client_secret=Secret(secret) if secret else None,
            authorize_url=f"{self.url}/authorize",
            token_url=f"{self.url}/token",
            device_url=f"{self.url}/device",
            scopes=SCOPES,
            tokens_file=folder / "tokens" / "main.json",
        )

    def says(self, path: str, *answers: Answer) -> None:
        """Plans the next answers at a path."""
        self._script[path].extend(answers)

    def times(self, path: str, **words: str) -> int:
        """How often a path was asked with these words."""
        return sum(one == path and words.items() <= form.items() for one, form in self.asked)

    def log_in(self, address: str = "") -> Login:
        """Someone agrees: a login with its first tokens."""
        number = next(self._numbers)
        login = Login(address=address or self.person)
        login.access.add(f"at-{number}")
        login.refresh = f"rt-{number}"
        self.logins.append(login)
        return login

    def agree(self, user_code: str) -> None:
        """The person enters the code of another device."""
        self._devices[f"device-{user_code}"] = self.person

    def owner(self, token: str) -> str | None:
        """Whose living access token this is."""
        return next((one.address for one in self.logins if token in one.access), None)

    # What it is asked.

    def answer(self, path: str, form: dict[str, str]) -> Answer:
        """The planned answer, or its own."""
        self.asked.append((path, form))
        if self._script[path]:
            planned = self._script[path].popleft()
            if planned.gate is not None:
                planned.gate.reached.set()
                planned.gate.open.wait(timeout=30)
            return planned
        match path:
            case "/token":
                return self._token(form)
            case "/device":
                return self._device()
            case "/introspect":
                owner = self.owner(form.get("token", ""))
                return Answer(200, {"active": owner is not None, "username": owner or ""})
        return Answer(404, "nothing here")

    def page(self, query: dict[str, str]) -> Answer:
        """The page a person agrees on; who comes with a redirect is sent back at once."""
        self.asked.append(("/authorize", query))
        back = {"state": query.get("state", "")}
        if self.declines:
            back |= {"error": "access_denied", "error_description": "no, thank you"}
        else:
            back["code"] = f"code-{next(self._numbers)}"
            self._codes[back["code"]] = query | {"person": self.person}
        return Answer(302, "", {"Location": f"{query['redirect_uri']}?{urlencode(back)}"})

    def _token(self, form: dict[str, str]) -> Answer:
        if (form.get("client_id"), form.get("client_secret")) not in ((CLIENT_ID, CLIENT_SECRET), (CLIENT_ID, None)):
            return Answer(401, {"error": "invalid_client", "error_description": "no such app"})
        match form.get("grant_type"):
            case "authorization_code":
                return self._for_code(form)
            case "refresh_token":
                return self._for_refresh(form)
            case "urn:ietf:params:oauth:grant-type:device_code":
                return self._for_device(form)
        return refusal("unsupported_grant_type")

    def _for_code(self, form: dict[str, str]) -> Answer:
        query = self._codes.pop(form.get("code", ""), None)
        if query is None or form.get("redirect_uri") != query["redirect_uri"]:
            return refusal("invalid_grant", "bad code")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != query.get("code_challenge"):
            return refusal("invalid_grant", "bad verifier")
        return self._tokens(self.log_in(query["person"]))

    def _for_refresh(self, form: dict[str, str]) -> Answer:
        login = next((one for one in self.logins if one.refresh == form.get("refresh_token")), None)
        if login is None:
            return refusal("invalid_grant", "Token has been expired or revoked.")
        number = next(self._numbers)
        login.access.add(f"at-{number}")
        if self.rotates:
            login.refresh = f"rt-{number}"
        return self._tokens(login, number=number)

    def _device(self) -> Answer:
        code = f"WORD-{next(self._numbers)}"
        self._devices[f"device-{code}"] = ""
        where = f"{self.url}/activate"
        told = {"device_code": f"device-{code}", "user_code": code, "verification_uri": where, "expires_in": 900}
        return Answer(200, told | {"interval": self.interval})

    def _for_device(self, form: dict[str, str]) -> Answer:
        who = self._devices.get(form.get("device_code", ""))
        if who is None:
            return refusal("expired_token")
        return self._tokens(self.log_in(who)) if who else refusal("authorization_pending")

    def _tokens(self, login: Login, *, number: int = 0) -> Answer:
        access = f"at-{number}" if number else max(login.access, key=lambda one: int(one.removeprefix("at-")))
        told: dict[str, Any] = {"access_token": access, "token_type": "Bearer", "expires_in": self.lifetime}
        if self.refreshes and (self.rotates or not number):
            told["refresh_token"] = login.refresh
        if self.identifies and not number:
            claims = json.dumps({"email": login.address, "email_verified": True}).encode()
            told["id_token"] = f"e30.{base64.urlsafe_b64encode(claims).rstrip(b'=').decode()}.signature"
        return Answer(200, told)


class _Handler(BaseHTTPRequestHandler):
    server: OAuthListener
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        known = parts.path == "/authorize"
        self._say(self.server.world.page(query) if known else self.server.world.answer(parts.path, query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        form = dict(parse_qsl(body))
        scheme, _, coded = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            form["client_id"], _, form["client_secret"] = base64.b64decode(coded).decode().partition(":")
        self._say(self.server.world.answer(urlsplit(self.path).path, form))

    def _say(self, answer: Answer) -> None:
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        self.send_response(answer.status)
        kind = "text/html" if isinstance(answer.body, str) else "application/json"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(text.encode())), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


class OAuthListener(ThreadingHTTPServer):
    """Serves one world at a time."""

    daemon_threads = True
    world: AuthorizationServer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went before it was answered is no failure of the server."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def browse(url: str) -> str:
    """What a person reads in the end who opens an address: redirects are followed, refusals are pages too."""
    try:
        with urllib.request.urlopen(url, timeout=10) as page:
            return str(page.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()


@pytest.fixture(scope="session")
def oauth_listener() -> Iterator[OAuthListener]:
    """The one listener of a run, so that a mail server can know its address beforehand."""
    listener = OAuthListener(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield listener
    listener.shutdown()
    listener.server_close()
    thread.join()


@pytest.fixture
def oauth(oauth_listener: OAuthListener) -> AuthorizationServer:
    """An authorization server that behaves, and knows nobody yet."""
    oauth_listener.world = AuthorizationServer(url=oauth_listener.url)
    return oauth_listener.world
