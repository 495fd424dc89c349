"""What do the fields of a delivery report say of each recipient?

Sources: RFC 3464 §2.2 (per message), §2.3 (per recipient: Action, Status, Final-Recipient, Diagnostic-Code). The
fields stand in a message/delivery-status part, or in plain text where a gateway lost the parts. Met in the wild:
addresses in <> or without their type, "failure" for "failed", a status with words behind it, Status 5.0.0 beside a
Diagnostic-Code that knows better, fields of all recipients without a blank line between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIELD = re.compile(
    r"^[ \t>]*(action|status|(?:final|original)-recipient|diagnostic-code)[ \t]*:[ \t]*(.*)$",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![.\d]*\d)")  # no part of an IP address
_ADDRESS = re.compile(r"[^\s<>;,:\"()]+@[^\s<>;,:\"()]+")
_ACTIONS = {
    "failed": "failed", "failure": "failed", "fail": "failed", "delayed": "delayed", "delay": "delayed",
    "delivered": "delivered", "relayed": "delivered", "expanded": "delivered", "deliverable": "delivered",
}  # fmt: skip
_MOST_LINES = 20_000


@dataclass(slots=True)
class RecipientReport:
    """One recipient's fate; `action` is failed, delayed, delivered or ""."""

    final: str = ""
    original: str = ""
    action: str = ""
    status: str = ""
    diagnostic: str = ""

    @property
    def address(self) -> str:
        """The address the letter was sent to; the final one may be where somebody forwards their mail."""
        return self.original if "@" in self.original else self.final


def recipient_reports(text: str) -> list[RecipientReport]:
    """The recipients of the delivery-status fields in `text`, in order; [] where it has none."""
    found: list[RecipientReport] = []
    current = RecipientReport()
    for name, value in _fields(text):
        if _begins_another(current, name):
            _keep(found, current)
            current = RecipientReport()
        _set(current, name, value)
    _keep(found, current)
    return found


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Fields unfolded, and ("", "") for each blank line."""
    name, value = "", ""
    for line in text.split("\n")[:_MOST_LINES]:
        match = _FIELD.match(line)
        if match is None and name and line[:1] in (" ", "\t") and line.strip() and len(value) < 2000:
            value = f"{value} {line.strip()}"
            continue
        if name:
            yield name, value
        name, value = (match.group(1).lower(), match.group(2).strip()) if match else ("", "")
        if not line.strip():
            yield "", ""
    if name:
        yield name, value


def _begins_another(current: RecipientReport, name: str) -> bool:
    """A blank line, or a field the recipient at hand has already."""
    if name == "":
        return True
    has = {"final-recipient": current.final, "action": current.action, "status": current.status,
           "original-recipient": current.original}  # fmt: skip
    return bool(has.get(name))


def _keep(found: list[RecipientReport], report: RecipientReport) -> None:
    if report.final or report.original or (report.action and report.status):
        found.append(report)


def _set(report: RecipientReport, name: str, value: str) -> None:
    if name == "action":
        words = value.lower().split()
        report.action = _ACTIONS.get(words[0].strip("();,."), "") if words else ""
    elif name == "status":
        report.status = status_in(value)
    elif name == "diagnostic-code":
        report.diagnostic = value.partition(";")[2].strip() or value
    elif name == "final-recipient":
        report.final = _address(value)
    elif name == "original-recipient":
        report.original = _address(value)


def _address(value: str) -> str:
    """The address behind "rfc822;"; an address type of its own (X.400, a local user) as it stands."""
    said = value.partition(";")[2] or value
    match = _ADDRESS.search(said)
    return match.group().strip("'.") if match else said.strip(" <>\"'")


def status_in(text: str) -> str:
    """The first status code (RFC 3463) in a text, "" where it has none."""
    match = _STATUS.search(text)
    return f"{match.group(1)}.{int(match.group(2))}.{int(match.group(3))}" if match else ""
