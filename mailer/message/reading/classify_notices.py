"""Which notices are neither reports nor a person's words: challenges, unsubscribe wishes, reactions, bulk mail?

Sources: RFC 8058 and RFC 2369 (unsubscribe by mail), RFC 2919 (List-Id), the e-mail reactions of Gmail
(text/vnd.google.email-reaction+json). A letter that answers another one is bulk mail on positive proof only: people
write through lists and gateways that add List-Unsubscribe and Precedence, so those prove nothing there.
"""

from __future__ import annotations

import re

from mailer.message.reading.phrases import phrases
from mailer.model.incoming import Kind, Letter, Verdict

_CHALLENGE_HEADERS = (
    "x-boxbe-challenge",
    "x-tmda-confirm",
    "x-spamarrest-challenge",
    "x-challenge-response",
    "x-captcha",
)
_CHALLENGE_SENDER = re.compile(
    r"(?:challenge|confirm\w*|verif\w*|spamarrest|spam-?blocker|tmda|no-?reply|mailin|boxbe)\b", re.I
)
_CHALLENGE = phrases(
    """confirm that you are; verify that you are; prove that you are; prove you are; confirm you are; verify you are
    you are a human; you are a real person; confirm that you sent; verify that you sent; confirm your message
    confirm your email; confirm your identity; verify your email; verify your identity; verify your address
    confirm your address; authenticate ... message; authenticate yourself; before your message can be delivered
    before your email can be delivered; before this message can be delivered; for your message to be delivered
    for your email to be delivered; to have your message delivered; to release your message
    your message is being held; your email is being held; your message has been held; your message is waiting
    your email is waiting; message has been quarantined until; approved sender* list; guest list
    one time confirmation; only need to do this once; bestätigen sie ... nachricht; bestätigen sie ... absender
    confirmez ... message; confirme ... mensaje""",
)
_CHALLENGE_SUBJECT = phrases(
    """confirm ... message; confirm ... email; confirm ... mail; confirm ... sender; confirm ... delivery
    verify ... message; verify ... email; verify ... sender; verification required; confirmation required
    confirmation needed; sender verification; sender authentication; action required to deliver; challenge
    approval ... required""",
)
_UNSUBSCRIBE = re.compile(r"\W*(?:list[- ])?unsubscribe(?:[ _-]?(?:request|me|all))?\W*", re.IGNORECASE)
_ONLY_UNSUBSCRIBE = re.compile(r"unsubscrib|abmeld|d\u00e9sinscri|desuscri|cancela", re.IGNORECASE)
_REACTED = phrases(
    """reacted to your message; hat auf ihre nachricht reagiert; hat auf deine nachricht reagiert
    a réagi à votre message; reaccionó a su mensaje; reaccionó a tu mensaje; ha reagito al suo messaggio
    ha reagito al tuo messaggio; heeft op uw bericht gereageerd; heeft op je bericht gereageerd
    reagiu à sua mensagem""",
)
_LONGEST_REACTION = 300  # characters; a longer letter has words of its own
_READ = 3_000  # characters
_CAMPAIGN = (
    "feedback-id", "x-campaign", "x-campaignid", "x-campaign-id", "x-mailgun-sid", "x-sg-eid", "x-mc-user",
    "x-csa-complaints", "x-mailchimp-id", "x-job", "x-ses-outgoing", "x-mailer-recptid", "x-cm-messageid",
    "list-unsubscribe-post",
)  # fmt: skip
_MACHINE = re.compile(
    r"(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|donotreply|notifications?|alerts?|[\w.-]*-daemon|cron|root|mailer|robot|bot|system"
    r"|automat\w*|noreply[\w.-]*)@",
    re.IGNORECASE,
)


_DMARC_REPORT = re.compile(r"report domain:.*submitter:", re.IGNORECASE)


def read_challenge(letter: Letter) -> Verdict | None:
    """A demand to prove that a person wrote, before the letter goes on."""
    for name in _CHALLENGE_HEADERS:
        if letter.header(name):
            return Verdict(kind=Kind.CHALLENGE, reason=f"header {name}")
    marked = _is_marked(letter)
    if is_threaded_answer(letter) and not marked:
        return None
    sender = letter.senders[0].address if letter.senders else ""
    if not (marked or (_CHALLENGE_SENDER.match(sender) and _CHALLENGE_SUBJECT.search(letter.subject.lower()))):
        return None
    if _CHALLENGE.search(letter.text[:_READ].lower()) is None:
        return None
    return Verdict(kind=Kind.CHALLENGE, reason="asks for a confirmation before it delivers", about=letter.in_reply_to)


def _is_marked(letter: Letter) -> bool:
    """Signs of a machine that challenges carry."""
    return letter.header("auto-submitted").lower().startswith("auto") or letter.return_path == ""


def read_unsubscribe(letter: Letter) -> Verdict | None:
    """A wish to be taken off, sent by a mail program on one press of a button."""
    if letter.header("x-apple-unsubscribe"):
        return Verdict(kind=Kind.UNSUBSCRIBE, reason="header X-Apple-Unsubscribe")
    if not _UNSUBSCRIBE.fullmatch(letter.subject) or letter.attachments:
        return None
    text = letter.text.strip()
    if len(text) <= 300 and (not text or _ONLY_UNSUBSCRIBE.search(text) or len(text.split()) <= 2):
        return Verdict(kind=Kind.UNSUBSCRIBE, reason="the subject is the wish, and there is nothing else")
    return None


def read_reaction(letter: Letter) -> Verdict | None:
    """An emoji sent as an answer."""
    if any("email-reaction" in part.content_type for part in letter.attachments):
        return Verdict(kind=Kind.REACTION, reason="a reaction part", about=letter.in_reply_to)
    if len(letter.text) <= _LONGEST_REACTION and _REACTED.search(letter.text.partition("\n")[0].lower()):
        return Verdict(kind=Kind.REACTION, reason="says that it is a reaction", about=letter.in_reply_to)
    return None


def read_bulk(letter: Letter) -> Verdict | None:
    """Newsletters, list traffic and other mail nobody wrote to us; never an answer to one of our letters."""
    if is_threaded_answer(letter):
        return None
    sender = letter.senders[0].address if letter.senders else ""
    if letter.header("list-unsubscribe") and any(letter.header(name) for name in _CAMPAIGN):
        return Verdict(kind=Kind.NEWSLETTER, reason="List-Unsubscribe and the marks of a campaign")
    if letter.header("list-id") or letter.header("list-post") or letter.header("precedence").lower() == "list":
        return Verdict(kind=Kind.LIST, reason="list headers (RFC 2919, RFC 2369)")
    if is_machine_address(sender) or (letter.return_path == "" and sender.lower().startswith("postmaster@")):
        return Verdict(kind=Kind.AUTO_GENERATED, reason=f"sent by {sender.partition('@')[0]}")
    if _DMARC_REPORT.match(letter.subject):
        return Verdict(kind=Kind.AUTO_GENERATED, reason="DMARC report (RFC 7489)")
    return None


def is_machine_address(address: str) -> bool:
    """Whether nobody sits behind an address, by its local part."""
    return _MACHINE.match(address) is not None


def is_threaded_answer(letter: Letter) -> bool:
    """Whether the letter answers another one."""
    return bool(letter.in_reply_to or letter.references)
