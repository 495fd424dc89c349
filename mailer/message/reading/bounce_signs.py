"""Is this letter a bounce?

A delivery report (RFC 3464) says so itself. Everything else needs signs of both kinds: where it comes from (an empty
envelope sender, a daemon's address, no sender at all) and what it says (a subject or sentence of non-delivery, the
failed address in a header). A person may write "Delivery failed" in a subject, forward a bounce or attach one: their
own address and a thread weigh against all of that, because a person's letter taken for a bounce is lost.
"""

from __future__ import annotations

import re

from mailer.message.reading.automatic_subjects import is_automatic_subject
from mailer.message.reading.classify_notices import is_machine_address
from mailer.message.reading.phrases import phrases
from mailer.model.incoming import Letter

_DAEMON = re.compile(
    r"(?:mailer?[-_.]?(?:daemon|delivery)|poo?st[-_.]?masters?|mail[-_.]?(?:admin\w*|system|server|gateway)|mdaemon"
    r"|mail\.delivery\.system|system\W?administrator|sys\W?admin|e\d{3}_smtp\w*|double-bounce|bounces?|mta)\b",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)? (?:delivery|daemon|deliver|system|administrator)|mailer-daemon|delivery (?:sub)?system|postmaster"
    r"|system administrator|mail service|ndr administrator|microsoft outlook|content-filter at|internet mail delivery",
    re.IGNORECASE,
)
_SUBJECT = phrases(
    """undeliver*; non deliver*; nondeliver*; not delivered; not be delivered; delivery ... fail*; delivery ... problem
    delivery ... error; delivery report; delivery delay*; delivery status; delivery has; mail ... fail*
    message ... fail*; letter ... fail*; failure notice; failure delivery; failed delivery; failed mail
    failed message; return* mail; return* message; return* to sender; could not send; could not be sent
    could not deliver; could not be delivered; mail system error; warning message; warning could not send
    message delayed; error sending; error during delivery; error delivering; rejected mail; rejected message
    mail error; mail blocked; message blocked; message you sent blocked; unsolicited bulk; banned contents
    in mail from you; unable to deliver
    delivery notification""",
    """unzustellbar*; nicht zugestellt; nicht zustellbar; zustellung; zustell*; non remis; non remise; échec de
    message non distribu*; no se ha podido entregar; no se pudo entregar; no se puede entregar; no entregado
    no se entreg*; mancato recapito; mancata consegna; non recapitat*; impossibile recapitare; onbestelbaar
    niet bezorgd; niet afgeleverd; kunde inte levereras; oleverbar*; não foi possível entregar; não entregue
    não foi entregue; kunne ikke leveres; kan ikke leveres; toimitus epäonnistui; nedoručiteln*; niedostarczon*
    nie można dostarczyć; kézbesíthetetlen; iletilemedi; teslim edilemedi; livrare ... eșuat*; nu a fost livrat""",
    """не доставлен*; недоставлен*; ошибка доставки; 配信; 配送; 退信; 無法投遞; 无法投递; 无法送达; 반송; 전송 실패""",
)
_SENTENCE = phrases(
    """could not ... deliver*; couldn t ... deliver*; cannot ... deliver*; can t ... deliver*; was not ... deliver*
    wasn t ... deliver*; not able to deliver; unable to ... deliver*; unable to send; unable to reach; did not reach
    has not been delivered; not be delivered; could not be sent; could not be reached; couldn t reach
    trouble delivering; deliver* ... fail*; deliver* ... problem*; deliver* ... error*; delivery ... delayed
    message ... delayed; had permanent; had transient; had delivery problems; permanent ... error*; fatal error*
    transient ... error*; returned permanent; undeliver*; non delivery; user unknown; unknown user; no such user
    failed recipient*; mailbox ... full; full mailbox; rejected by; was rejected; was blocked; not accepted
    message ... rejected; message blocked; transcript of session; delivery ... stopped; did not match
    did not exactly match
    delivery status notification; failed; invalid ... address; error sending; returned to sender; returning message
    recipient* ... not""",
    """konnte nicht; konnten nicht; nicht zugestellt; unzustellbar*; n a pas pu être; n ont pas pu; no se pudo
    no se ha podido; no ha podido; non è stato possibile; kon niet worden; não pôde ser; não foi possível; kunde inte
    kunne ikke; nie można; nie mogła""",
    """не может; не доставлен*; не удалось; 配信でき; 配信出来; 送信でき; 届きません; 无法; 無法; 退回""",
)
_CODE = re.compile(r"(?:^|[\s:\[(>#])5\d\d[ \-:]|\b[45]\.\d\.\d{1,3}\b")
_ANSWERS = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|vs|tr|rv|enc|antw|doorst|i|r)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_OPENING = 3_000  # characters of the notice that are read for signs


def may_be_bounce(letter: Letter) -> bool:
    """Whether the letter comes from where bounces come from; most letters do not, and need no further look."""
    return _origin(letter) > 0


def is_bounce(letter: Letter, notice: str) -> bool:
    """Whether a letter without delivery-status fields reports a failed delivery."""
    origin = _origin(letter)
    said = _said(letter, notice) if origin else 0
    least = 1 if _is_from_daemon(letter) else 2
    return said >= least and said + origin >= 4


def _is_from_daemon(letter: Letter) -> bool:
    sender = letter.senders[0] if letter.senders else None
    if sender is None:
        return True
    return bool(_DAEMON.match(sender.address) or _DAEMON_NAME.search(sender.name)) or is_machine_address(sender.address)


def _origin(letter: Letter) -> int:
    """Signs of where it comes from; 0 where a person may have written it."""
    daemon = _is_from_daemon(letter)
    empty = letter.return_path == ""
    automatic = letter.header("auto-submitted").lower().startswith("auto-")
    answers = _ANSWERS.match(letter.subject) is not None
    if not daemon and (letter.in_reply_to or answers or is_automatic_subject(letter.subject)):
        return 0
    if letter.in_reply_to and answers and not (empty or automatic):
        return 0  # the postmaster of a small firm is a person with a first name
    points = 0
    if daemon:
        points = 3 if letter.senders and not is_machine_address(letter.senders[0].address) else 2
    if empty or (letter.return_path and _DAEMON.match(letter.return_path)):
        points += 2
    if points and any(part.content_type in ("message/rfc822", "text/rfc822-headers") for part in letter.attachments):
        points += 1
    return points + 1 if points and automatic else points


def _said(letter: Letter, notice: str) -> int:
    """Signs of what it says."""
    opening = notice[:_OPENING].lower()
    points = 3 if letter.header("x-failed-recipients") else 0
    points += 2 * bool(_SUBJECT.search(letter.subject.lower()))
    points += bool(_SENTENCE.search(opening))
    points += bool(_CODE.search(opening))
    return points
