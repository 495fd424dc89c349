"""What happens to a letter between the server that takes it and the mailbox it is for: changed, misfiled, or lost.

    smtp_server.hand_on = Carrier(box, change=without("References"))

A letter is handed in by LMTP, as a mail server would do it; one that is to land elsewhere is put there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.servers.dovecot import Box
from tests.servers.smtp import Delivered

Change = Callable[[bytes], bytes]


def as_it_is(raw: bytes) -> bytes:
    """No change."""
    return raw


@dataclass(frozen=True)
class Carrier:
    """Brings each letter to a mailbox."""

    box: Box
    change: Change = as_it_is
    folder: str = "INBOX"
    copies_to: str = ""  # a folder that gets a copy of what was sent, as it was sent
    says: str = ""  # instead of 250
    sender: str | None = None  # in the envelope, in place of the true one
    recipient: str = ""

    def __call__(self, one: Delivered) -> str:
        if self.copies_to:
            self.box.append([one.raw], folder=self.copies_to)
        raw = self.change(one.raw)
        if self.folder == "INBOX":
            sender = one.sender if self.sender is None else self.sender
            self.box.deliver(raw, sender=sender, to=self.recipient or one.recipient)
        else:
            self.box.append([raw], folder=self.folder)
        return self.says


def changed(name: str, value: str) -> Change:
    """Another value for a header, or one more header where there is none of that name."""

    def change(raw: bytes) -> bytes:
        return f"{name}: {value}\r\n".encode() + without(name)(raw)

    return change


def without(*names: str) -> Change:
    """Headers taken out, however they are folded."""

    def change(raw: bytes) -> bytes:
        head, gap, body = raw.partition(b"\r\n\r\n")
        for name in names:
            head = re.sub(rb"(?im)^" + name.encode() + rb":.*\r\n(?:[ \t].*\r\n)*", b"", head + b"\r\n")[:-2]
        return head + gap + body

    return change


def together(*changes: Change) -> Change:
    """Several changes, one after the other."""

    def change(raw: bytes) -> bytes:
        for one in changes:
            raw = one(raw)
        return raw

    return change
