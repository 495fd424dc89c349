"""What does a server's answer mean for the letter, and what for the account?

Sources: RFC 5321 §4.2 (codes), RFC 3463 and RFC 2034 (enhanced codes), and what large providers say in practice. Where
code and enhanced code disagree, the code decides between "later" and "never", the enhanced code tells why. Pure: no
network. Left out: what makes an address look dead in a bounce that comes later by mail; that is read elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mailer.errors import AccountTrouble
from mailer.model.outgoing import Deferred, Refused

READ_LIMIT = 2_000  # characters of a server's words that are looked at
REPLY_LIMIT = 300  # characters that are worth keeping

SOON_SECONDS = 300  # a server that is away or busy
RATE_SECONDS = 900  # "too many at once"; asking sooner prolongs the ban at several providers
ALLOWANCE_SECONDS = 3600  # a day's allowance comes back bit by bit over 24 hours: ask hourly, not sooner
LONGEST_WAIT_SECONDS = 3600  # a longer wait that a greylist asks for is not believed


class Step(StrEnum):
    """Where in the conversation an answer came, in words a person reads in a reason."""

    GREETING = "greeting"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "login"
    MAIL = "sender"  # the account and the size of the letter are known, its recipient is not
    RCPT = "recipient"
    DATA = "DATA"
    DOT = "letter"  # the answer after the final dot


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer; a text of several lines keeps them, and may hold addresses until it is redacted."""

    code: int
    text: str

    @property
    def accepts(self) -> bool:
        """The command was carried out."""
        return 200 <= self.code <= 299

    @property
    def refuses(self) -> bool:
        """A no, for now or for good; what is neither yes nor no is out of step."""
        return 400 <= self.code <= 599

    @property
    def ends_session(self) -> bool:
        """The server hangs up, or its view of the conversation is not ours: this connection is of no more use."""
        return self.code in {_CLOSING, _BAD_SEQUENCE}

    @property
    def for_now(self) -> bool:
        return 400 <= self.code <= 499

    @property
    def status(self) -> str:
        """The enhanced code, "5.1.1", or ""."""
        found = _STATUS.match(self.text) or _STATUS_IN_BRACKETS.search(self.text)
        return found[1] if found else ""


def trouble_in_session(reply: Reply, *, host: str, step: Step, private: Iterable[str] = ()) -> AccountTrouble:
    """What a no before any letter was mentioned means: to greeting, EHLO, STARTTLS or login."""
    reply = _clipped(reply)
    reason = f"{host}: {step} refused: {reply.code} {redact(reply.text, private=private)}".rstrip()
    wait = RATE_SECONDS if step is Step.AUTH or _is_rate(reply) else SOON_SECONDS
    if step is not Step.AUTH:
        return AccountTrouble(reason, needs_person=_is_person_needed(reply), retry_seconds=wait)
    passes = reply.for_now or reply.status.startswith("4.")  # "535 4.7.0": a front end that cannot reach its users
    transition = reply.status == "4.7.12"  # RFC 4954 §6: the password must be given once to another mechanism
    return AccountTrouble(reason, needs_person=transition or not passes, retry_seconds=wait)


def verdict(reply: Reply, *, host: str, step: Step, private: Iterable[str] = ()) -> Deferred | Refused | AccountTrouble:
    """What a 4xx or 5xx from MAIL onwards means; the letter was certainly not taken.

    A reason of AccountTrouble holds the server's words only where they cannot speak of a letter.
    """
    reply = _clipped(reply)
    trouble = _account_trouble(reply, host=host, step=step, private=private)
    if trouble is not None and reply.code != _BAD_SEQUENCE:
        return trouble
    words = redact(reply.text, private=private)
    if reply.for_now or reply.code == _BAD_SEQUENCE:
        return Deferred(code=reply.code, status=reply.status, reply=words, retry_seconds=_asked_wait(reply.text))
    dead = step is not Step.MAIL and _says_address_is_dead(reply)
    return Refused(code=reply.code, status=reply.status, reply=words, address_dead=dead)


def redact(text: str, *, private: Iterable[str] = ()) -> str:
    """The text on one line, clipped, with every address and every `private` word written <…>."""
    line = " ".join(_UNPRINTABLE.sub(" ", _clipped(Reply(0, text)).text).split())
    for word in sorted({p for p in private if _may_stand_in(line, p)}, key=len, reverse=True):
        line = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "<…>", line, flags=re.IGNORECASE)
    line = _ADDRESS.sub("<…>", line)
    return line if len(line) <= REPLY_LIMIT else line[: REPLY_LIMIT - 1] + "…"


def _may_stand_in(line: str, word: str) -> bool:
    """Whether it is worth looking for a word exactly, which takes far longer."""
    return len(word) > 1 and (word.lower() in line.lower() or not (line + word).isascii())


def private_words(*addresses: str) -> list[str]:
    """What must not be seen of these addresses: whole, and the part before the @ ("User dana.reis unknown")."""
    return [word for address in addresses for word in (address, address.rpartition("@")[0].strip('"'))]


def _clipped(reply: Reply) -> Reply:
    """The reply as far as it is looked at, ending with a whole word: half an address would not be known for one."""
    if len(reply.text) <= READ_LIMIT:
        return reply
    return Reply(reply.code, (reply.text[:READ_LIMIT].rsplit(maxsplit=1) or [""])[0])


def _account_trouble(reply: Reply, *, host: str, step: Step, private: Iterable[str]) -> AccountTrouble | None:
    words = f": {redact(reply.text, private=private)}" if step is Step.MAIL else ""
    said = f"{host}: {step} refused: {reply.code} {reply.status}".rstrip() + words
    if _is_of_mailbox(reply, step=step):
        return None
    if _ALLOWANCE.search(reply.text) or reply.status in _ALLOWANCE_STATUS:
        is_day = _HOURLY.search(reply.text) is None
        reason = f"{said} (the sending allowance is used up)"
        return AccountTrouble(reason, retry_seconds=ALLOWANCE_SECONDS, used_up_day=is_day)
    if _is_person_needed(reply):
        return AccountTrouble(f"{said} (the provider does not let this account send)", needs_person=True)
    if _is_rate(reply):
        return AccountTrouble(f"{said} (too many letters at once)", retry_seconds=RATE_SECONDS)
    if step is not Step.MAIL or _is_of_letter(reply):
        return None
    return AccountTrouble(said, needs_person=not reply.for_now, retry_seconds=SOON_SECONDS)


def _says_address_is_dead(reply: Reply) -> bool:
    """Whether a 5xx says that the mailbox does not exist; policy, quota, spam and size say nothing about that."""
    if _CONTENT_OR_POLICY.search(reply.text):
        return False
    subject_and_detail = reply.status.partition(".")[2]
    if subject_and_detail in _DEAD_STATUS:
        return True
    speaks_of_address = subject_and_detail in {"", "0.0", "1.0", "1.2", "1.3", "5.0", "5.1"}
    return speaks_of_address and _NO_SUCH_MAILBOX.search(reply.text) is not None


def _is_of_mailbox(reply: Reply, *, step: Step) -> bool:
    """Whether the recipient's mailbox is full, busy or closed (x.2.y); Exchange files some of the sender's there."""
    if step is Step.MAIL or _OF_SENDER.search(reply.text):
        return False
    return reply.status.partition(".")[2].startswith("2.")


def _is_person_needed(reply: Reply) -> bool:
    if reply.code in _LOGIN_CODES or reply.status in _BANNED_STATUS:
        return True
    return not reply.for_now and _NOT_ALLOWED.search(reply.text) is not None


def _is_rate(reply: Reply) -> bool:
    if not reply.for_now or _GREYLIST.search(reply.text):
        return False
    subject = reply.status.partition(".")[2]
    channel_is_limited = reply.code == 421 and subject.startswith("7.")  # "421 4.7.0 … unusual rate of mail"
    return channel_is_limited or subject == "5.3" or _RATE.search(reply.text) is not None


def _is_of_letter(reply: Reply) -> bool:
    """Whether a no to MAIL is about this letter: its size, or content this server cannot carry."""
    subject = reply.status.partition(".")[2]
    return subject in {"3.4", "2.3"} or subject.startswith("6.") or (reply.code == 552 and not subject)


def _asked_wait(text: str) -> int:
    """Seconds a greylist asks for in words ("try again in 5 minutes"), 0 where it names none."""
    found = _WAIT.search(text)
    if not found:
        return 0
    unit = 60 if found[2].lower().startswith("m") else 1
    seconds = int(found[1]) * unit
    return seconds if seconds <= LONGEST_WAIT_SECONDS else 0


_CLOSING = 421  # RFC 5321 §3.8
_BAD_SEQUENCE = 503  # nothing follows from it for the letter
_LOGIN_CODES = frozenset({530, 534, 535, 538})  # RFC 4954 §6

_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_STATUS_IN_BRACKETS = re.compile(r"[(\[]?#([245]\.\d{1,3}\.\d{1,3})(?![\d.])")  # qmail and its heirs: "(#5.1.1)"

# Exchange Online: outbound spam (5.1.8, 5.7.501 and on), not logged in (5.7.57), not allowed to send as (5.7.60).
_BANNED_STATUS = frozenset(
    {"5.1.8", "5.7.57", "5.7.60", "5.7.139", "5.7.501", "5.7.502", "5.7.503", "5.7.705", "5.7.708", "5.7.750"}
)
# Gmail's day; Exchange's for a mailbox, and for a tenant.
_ALLOWANCE_STATUS = frozenset({"5.4.5", "5.1.90", "5.2.122", "5.7.232", "5.7.233"})
_DEAD_STATUS = frozenset({"1.1", "1.6", "1.10"})  # no such mailbox; moved away; Exchange's "recipient not found"

_ALLOWANCE = re.compile(
    r"(daily|hourly|monthly)\b.{0,30}\b(limit|quota)|send(ing)? (limit|quota)|submission ?quota ?(was )?exceeded"
    r"|(max(imum)?|limit of)\b.{0,30}\b(e-?mails|messages|recipients) per (hour|day)|exceeded the max(imum)? emails",
    re.IGNORECASE | re.DOTALL,
)
_HOURLY = re.compile(r"hourly|per hour", re.IGNORECASE)
_RATE = re.compile(
    r"rate[- ]?limit|too many (messages|connections|concurrent|emails|recipients|login|requests|bad|failed)"
    r"|too (fast|quickly)|throttl|thread limit|server busy|slow down|unusual(ly high)? rate|receive limit",
    re.IGNORECASE,
)
_OF_SENDER = re.compile(r"submission ?quota|SendAsDenied|OutboundSpam|RecipientLimit", re.IGNORECASE)
_GREYLIST = re.compile(r"gr[ea]y.?list", re.IGNORECASE)
_NOT_ALLOWED = re.compile(
    r"authentication (is )?required|must (be )?authenticate|not authenticated|unable to relay|not permitted to relay"
    r"|relay(ing)? (access )?(is )?(denied|prohibited|not (permitted|allowed))"
    r"|(permissions?|allowed|authori[sz]ed) to send as|SendAsDenied|not owned by (user|auth)"
    r"|account (has been |is )?(suspended|disabled for sending|blocked from sending)|outbound ?spam|bad outbound sender"
    r"|unusual sending activity",
    re.IGNORECASE,
)
_CONTENT_OR_POLICY = re.compile(
    r"\bspam|blocked|black ?list|block ?list|policy|reputation|quota|mailbox (is )?full|virus|dmarc|\bspf\b|dkim"
    r"|too (big|large)|size limit",
    re.IGNORECASE,
)
_WHO = r"(user|mailbox|recipient|account|address|e-?mail account|alias)"
_NO_SUCH_MAILBOX = re.compile(
    rf"no such {_WHO}|unknown {_WHO}|{_WHO}\b.{{0,60}}\b(unknown|not found|does ?n[o']t exist|does not exist)"
    rf"|no mailbox here|does ?n[o']t have an? \S+ account|invalid (recipient|mailbox)|{_WHO} is invalid"
    r"|(domain|host)\b.{0,40}\b(not found|does not exist|doesn't exist)|no such (domain|host)",
    re.IGNORECASE | re.DOTALL,
)
_WAIT = re.compile(r"\b(?:in|for|after)\s+(\d{1,5})\s*(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?)\b", re.IGNORECASE)

# Also as providers write one in links: "…?id=dana%40example.org". Better a link lost than an address kept.
_ADDRESS = re.compile(r"""<?(?:"[^"]{1,64}"|[^\s<>"()\[\],;:]{1,128})(?:@|%40)[^\s<>"(){},;?&]+>?""", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
