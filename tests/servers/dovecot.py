"""A real IMAP server: Dovecot, started from a private directory on free ports of the loopback.

    def test_...(dovecot):
        box = dovecot.new_user()
        box.deliver(raw)                      # through LMTP, as a mail server would
        async with open_mailbox(box.server) as mailbox: ...

One server serves the whole run; each test has a mailbox of its own. Started as root it serves mail as `nobody`, else as
whoever runs the tests.
"""

from __future__ import annotations

import contextlib
import dataclasses
import grp
import imaplib
import itertools
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from mailer.model.places import Secret, Security, Server
from tests.servers.certificates import Certificates
from tests.servers.oauth import OAuthListener

DOVECOT = "/usr/sbin/dovecot"
_READY_SECONDS = 10
_SETTINGS = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {login_user}
default_internal_group = {login_group}
default_login_user = {login_user}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mailbox_list_index = yes
mail_fsync = never
maildir_very_dirty_syncs = no
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_chars =
auth_failure_delay = 0
login_trusted_networks =
mail_max_userip_connections = 100
postmaster_address = postmaster@example.org
hostname = mx.example.org
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
passdb {{
  driver = passwd-file
  args = {home}/users/%u
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service stats {{
  chroot =
}}
"""


_BY_TOKEN = """
auth_mechanisms = plain {mechanisms}
auth_cache_size = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {home}/oauth2.conf
}}
"""
_INTROSPECTION = """
introspection_mode = post
introspection_url = {url}/introspect
username_attribute = username
active_attribute = active
active_value = true
"""


class DovecotServer:
    """A running Dovecot; `restart` and `stop` as an operator would.

    With `tokens_of` it also takes the access tokens of an authorization server, which it asks about each.
    """

    def __init__(
        self, home: Path, certificates: Certificates, *, tokens_of: str = "", mechanisms: str = "xoauth2 oauthbearer"
    ) -> None:
        self.home = home
        self._tokens_of, self._mechanisms = tokens_of, mechanisms
        self.ca_file = certificates.ca_file
        self.imap_port, self.imaps_port, self.lmtp_port = _free_ports(3)
        self._numbers = itertools.count(1)
        (home / "mail").mkdir()
        (home / "users").mkdir()
        self._configure(certificates)
        self.start()

    def _configure(self, certificates: Certificates) -> None:
        uid, gid = os.getuid(), os.getgid()
        mail_user, mail_group = pwd.getpwuid(uid).pw_name, grp.getgrgid(gid).gr_name
        login_user, login_group = mail_user, mail_group
        if uid == 0:  # Dovecot serves no mail as root
            mail_user, login_user = "nobody", "dovenull"
            mail_group = grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
            login_group = grp.getgrgid(pwd.getpwnam("dovenull").pw_gid).gr_name
            shutil.chown(self.home / "mail", mail_user)
            self.home.chmod(0o755)
        settings = _SETTINGS.format(
            home=self.home,
            certificate=Path(certificates.ca_file).with_name("valid.pem"),  # the key stands in it as well
            login_user=login_user,
            login_group=login_group,
            mail_user=mail_user,
            mail_group=mail_group,
            imap=self.imap_port,
            imaps=self.imaps_port,
            lmtp=self.lmtp_port,
        )
        if self._tokens_of:
            settings += _BY_TOKEN.format(home=self.home, mechanisms=self._mechanisms)
            (self.home / "oauth2.conf").write_text(_INTROSPECTION.format(url=self._tokens_of))
        (self.home / "dovecot.conf").write_text(settings)

    def start(self) -> None:
        """Start and wait until mail can be delivered and read."""
        if not Path(DOVECOT).exists():
            pytest.fail(f"{DOVECOT} is missing; install dovecot-imapd and dovecot-lmtpd")
        command = [DOVECOT, "-F", "-c", str(self.home / "dovecot.conf")]
        with (self.home / "stderr").open("wb") as stderr:
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True)
        deadline = time.monotonic() + _READY_SECONDS
        while not all(_listens(port) for port in (self.imap_port, self.imaps_port, self.lmtp_port)):
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = [file.read_text() for file in (self.home / "stderr", self.home / "dovecot.log") if file.exists()]
                pytest.fail("Dovecot did not start: " + "".join(said))
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop, and cut every connection: those who serve one would go on after their master has gone."""
        self._process.terminate()
        self._process.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start on the same ports, mailboxes kept."""
        self.stop()
        self.start()

    def new_user(self, *, password: str = "a quiet word") -> Box:
        """A mailbox nobody used before."""
        user = f"box{next(self._numbers)}@example.org"
        coded = b64encode(password.encode()).decode()
        (self.home / "users" / user).write_text(f"{user}:{{PLAIN.B64}}{coded}::::::\n")
        server = Server(
            host="localhost",
            port=self.imaps_port,
            security=Security.TLS,
            user=user,
            password=Secret(password),
            ca_file=self.ca_file,
        )
        return Box(self, server)


@dataclasses.dataclass(frozen=True)
class Box:
    """One user's mailbox: `server` to read it through TLS, and what happens to it from outside."""

    dovecot: DovecotServer
    server: Server

    @property
    def address(self) -> str:
        return self.server.user

    @property
    def starttls_server(self) -> Server:
        """The same mailbox over the port that begins in plain text."""
        return dataclasses.replace(self.server, port=self.dovecot.imap_port, security=Security.STARTTLS)

    @property
    def plain_server(self) -> Server:
        """The same mailbox without TLS."""
        return dataclasses.replace(self.server, port=self.dovecot.imap_port, security=Security.NONE, host="127.0.0.1")

    def deliver(self, raw: bytes, *, sender: str = "someone@example.net", to: str = "") -> None:
        """Hand a letter in by LMTP; returns when it is in the INBOX. `to` may carry a plus part."""
        with smtplib.LMTP("127.0.0.1", self.dovecot.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [to or self.address], raw)

    def append(self, raws: Iterable[bytes], *, folder: str = "INBOX") -> None:
        """Put letters into a folder as another mail program would, many in one go."""
        letters = b"".join(b" {%d+}\r\n%s" % (len(raw), raw) for raw in raws)  # one command (RFC 3502, RFC 7888)
        with self.other_program() as imap:
            imap.send(f'many APPEND "{folder}"'.encode() + letters + b"\r\n")
            while not (line := imap.readline()).startswith(b"many "):
                assert line.startswith(b"*"), line
            assert line.startswith(b"many OK"), line

    @contextlib.contextmanager
    def other_program(self) -> Iterator[imaplib.IMAP4]:
        """A second mail program with the mailbox open, to read, flag, move or delete letters."""
        with imaplib.IMAP4("127.0.0.1", self.dovecot.imap_port) as imap:
            password = self.server.password
            assert password is not None
            imap.authenticate("PLAIN", lambda _: f"\0{self.address}\0{password.reveal()}".encode())
            yield imap


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@contextlib.contextmanager
def running_dovecot(
    certificates: Certificates, *, tokens_of: str = "", mechanisms: str = "xoauth2 oauthbearer"
) -> Iterator[DovecotServer]:
    """A Dovecot, gone afterwards with all its mail."""
    # Not below pytest's own directory, which only its owner may enter: mail is served as another user.
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))
    server = DovecotServer(home, certificates, tokens_of=tokens_of, mechanisms=mechanisms)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(home)


@pytest.fixture(scope="session")
def dovecot(certificates: Certificates) -> Iterator[DovecotServer]:
    """A Dovecot for the whole run."""
    with running_dovecot(certificates) as server:
        yield server


@pytest.fixture(scope="session")
def token_dovecot(certificates: Certificates, oauth_listener: OAuthListener) -> Iterator[DovecotServer]:
    """A Dovecot for the whole run that also takes the tokens of the authorization server."""
    with running_dovecot(certificates, tokens_of=oauth_listener.url) as server:
        yield server


@pytest.fixture
def box(dovecot: DovecotServer) -> Box:
    """A fresh mailbox."""
    return dovecot.new_user()
