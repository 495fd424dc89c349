"""An operator whose account has a real mailbox, and a server that does to letters what providers do."""

from __future__ import annotations

from dataclasses import dataclass

from tests.cli.operator import CONFIG, Operator, Said
from tests.servers.carrier import Carrier
from tests.servers.dovecot import Box
from tests.servers.smtp import SmtpServer

SOON = "--wait 1"
PLAIN_SMTP = "a plain connection, letters up to 1 MB, addresses in any script (SMTPUTF8)"
PLAIN_IMAP = "a plain connection, tells of new letters at once (IDLE), names the use of folders (SPECIAL-USE)"


@dataclass
class Desk:
    """An operator whose account has a mailbox, and a server that brings letters there."""

    operator: Operator
    box: Box
    smtp: SmtpServer

    def check(self, line: str = SOON) -> Said:
        return self.operator.type(f"check --live {line}")

    def finding(self, about: str, line: str = SOON) -> tuple[str, str, str]:
        """What is said about one thing: grade, fact, remedy."""
        return self.findings(line)[about]

    def findings(self, line: str = SOON) -> dict[str, tuple[str, str, str]]:
        said = self.check(f"--json {line}")
        assert said.err == ""
        [account] = said.json["accounts"]
        found = {one["about"]: (one["grade"], one["said"], one["remedy"]) for one in account["findings"]}
        assert said.code == int(any(grade == "failed" for grade, _, _ in found.values()))
        assert said.json["good"] is account["good"] is (said.code == 0)
        return found

    @property
    def sending(self) -> str:
        """What is said of the way out."""
        return f"127.0.0.1:{self.smtp.account.port}: {PLAIN_SMTP}"

    @property
    def reading(self) -> str:
        """Where the way in is."""
        return f"127.0.0.1:{self.box.plain_server.port}"

    @property
    def plus(self) -> str:
        """The plus address as it is shown."""
        return self.box.address.replace("@", "+…@")

    def setting(self, line: str) -> None:
        """One more line for the account."""
        self.operator.change(
            "config.toml", f'address = "{self.box.address}"', f'address = "{self.box.address}"\n{line}'
        )


def open_desk(operator: Operator, box: Box, smtp_server: SmtpServer) -> Desk:
    """The account of an operator, its letters brought as they are."""
    operator.write(
        "config.toml", CONFIG.format(address=box.address, smtp=smtp_server.account.port, imap=box.plain_server.port)
    )
    smtp_server.hand_on = Carrier(box)
    return Desk(operator, box, smtp_server)
