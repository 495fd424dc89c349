"""Why did a letter not arrive: for good or for now, and is the mailbox gone?

Three questions with three answers: a failure for good need not be a dead address (of 477 measured, 171 were), and a
report that gave up ("Action: failed") may carry a status of the second try (RFC 3464 §2.3.3). Sources: RFC 3463 and
the IANA list of enhanced status codes, RFC 5321 §4.2 (reply codes). Words decide only where no code does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.message.reading.bounce_fields import status_in
from mailer.message.reading.phrases import phrases
from mailer.model.failure import DEAD, Failure, failure_of_status

LONGEST_REASON = 300  # characters

_REPLY = re.compile(r"(?:^|[\s:;\[(\"'=<>#|-])([45][0-5]\d)(?=[ \t\-:#<(,]|$)")
_CODED = re.compile(r"[45]\.\d{1,3}\.\d{1,3}|(?:^|[\s:;\[(\"'=#-])[45][0-5]\d[ \t\-:#,]")
_OTHER_CAUSE = re.compile(r"5\.(?:2\.[2-9]|[367]\.\d+|4\.[0-35-9]|1\.[789])")

_WAITING = phrases(
    """will be retried; will be attempted; will keep; will continue; will retry; still trying; still being; is delayed
    been delayed; has not yet been delivered; you do not need to; not required to take any action
    no action is required; only a warning; warning message only; could not send message for past
    could not send mail for past; delivery attempts will continue; not been able to deliver ... yet; message delayed
    delivery delayed; delivery is delayed; temporarily delayed""",
    """wird weiter versucht; erneut versucht; zustellung verzögert; nouvelle tentative; est retardé*
    se seguirá intentando; se volverá a intentar; nuovi tentativi; nog niet bezorgd; opnieuw geprobeerd
    nova tentativa""",
)
# Given up, but only because a server was away all the time: the next letter may arrive.
_OUTLASTED = phrases(
    """retry timeout exceeded; retry time not reached; all hosts have been failing; temporary failure
    temporarily unavailable; try again later; host not reachable""",
)
_NOBODY = phrases(
    """user ... unknown; user ... not found; mailbox ... not found; mailbox ... unknown; account ... not found
    recipient ... not found; recipient ... unknown; address ... unknown; address ... not found; alias ... unknown
    user ... not known; user ... not listed; user ... not exist; user ... doesn t exist; account ... not exist
    account ... doesn t exist; mailbox ... not exist; mailbox ... doesn t exist; address ... not exist
    address ... doesn t exist; recipient ... not exist; recipient ... doesn t exist; user ... does not have
    user doesn t have; doesn t have an account; does not have an account; not have a ... account
    doesn t have a ... account; user ... invalid; recipient ... invalid; address ... invalid; mailbox ... invalid
    recipient ... not recognized; address ... not recognized; no longer ... valid; no longer ... active
    no longer available; no longer in use; account ... no longer; address ... no longer; user ... no longer
    mailbox ... no longer; user ... disabled; account ... disabled; mailbox ... disabled; mailbox ... inactive
    account ... inactive; user ... inactive; account ... closed; account ... terminated; account ... deactivated
    mailbox unavailable; mailbox not available; recipient unavailable""",
    """unknown user; unknown ... recipient; unknown ... address; unknown local; unknown mailbox; unknown account
    unknown or illegal alias; no such user; no such ... user; no such recipient; no such mailbox; no such account
    no such address; no such person; no such customer; no such name; no account by that name; no mailbox here
    no mailbox by that name; no mail box; no user; no recipients; invalid user; invalid ... recipient; invalid mailbox
    invalid ... address; invalid account; bad destination mailbox; bad address; bad recipient; not a valid ... user
    not a valid mailbox; not a valid ... address; not a valid recipient; not a known user; not our customer
    non existent user; nonexistent user; nonexistent mailbox; non existent mailbox; undeliverable address
    unrouteable address; unroutable address; not a local user; is not local; does not exist here; user not local
    not listed in; not in our directory; not in address book; did not exactly match; did not match
    has left the company; couldn t be found; could not be found; wasn t found at; isn t a valid""",
    """unbekannt*; existiert nicht; nicht vorhanden; kein solcher; inconnu*; n existe pas; n existe plus; no existe
    desconocid*; sconosciut*; inesistente; onbekend; bestaat niet; não existe; nie istnieje; okänd; findes ikke
    finnes ikke; neexistuje""",
    """не существует; не найден*; нет такого; 存在しません; 存在しない; 不存在; 見つかりません; 宛先不明; 不明な""",
)
_NO_HOST = phrases(
    """host unknown; host ... not found; domain ... not found; domain ... not exist; domain ... doesn t exist
    domain unknown; unknown host; unknown domain; no such host; no such domain; nxdomain; unrouteable mail domain
    unrouteable domain; bad destination host; bad destination system; name server ... not found
    host name lookup fail*; couldn t find any host; could not find any host; domain isn t valid; domain ... no mx
    no mx record; has no mail exchanger; all relevant mx records point to non existent""",
)
_FULL = phrases(
    """quota; mailbox ... full; mailbox is full; full mailbox; mailbox full; is too full; exceed* ... storage
    exceed* ... limit; exceed* ... size; exceed* ... space; exceeded ... local limit; out of disk space; out of space
    insufficient disk; insufficient storage; insufficient system storage; over ... limit; is over; postfach ... voll
    boîte ... pleine; buzón ... lleno; casella ... piena; переполнен*; 容量""",
)
_POLICY = phrases(
    """spam*; block*; policy; policies; blacklist*; blocklist*; black list; access denied; denied; dmarc; spf; dkim
    reputation; prohibit*; not authori*; unauthenticated; content; virus; too large; too big; size limit; relay*
    permission; restricted; unsolicited; is listed; are listed; currently listed; rate limit*; too many; not allowed
    forbidden; administratively
    sender verify; sender verification; sender address; sender rejected; sender not; verification failed; may not exist
    möglicherweise nicht; il se peut; pravděpodobně; 可能不存在""",
)


@dataclass(frozen=True, slots=True)
class Cause:
    """What is known of one failure."""

    status: str
    permanent: bool
    address_dead: bool
    words: str  # one line
    failure: Failure = Failure.OTHER


def cause_of(words: str, *, status: str, delayed: bool) -> Cause:
    """The cause told by a diagnostic text, a status ("" where none) and whether the sender still tries."""
    status = _best_status(status, words)
    permanent = not delayed and _is_permanent(status, words)
    dead = permanent and _is_dead(status, words)
    failure = Failure.DELAYED if delayed else _failure(status, words.lower(), dead=dead)
    return Cause(status=status, permanent=permanent, address_dead=dead, words=one_line(words), failure=failure)


def still_tries(notice: str) -> bool:
    """Whether a notice says that delivery goes on."""
    return _WAITING.search(notice.lower()) is not None


def diagnostic_in(notice: str, *, near: str = "") -> str:
    """The lines of a notice that name the cause: those with a code, else those with words for one."""
    lines = [line.strip() for line in notice.split("\n")]
    lowered = [line[:1000].lower() for line in lines]
    start = next((number for number, line in enumerate(lowered) if near and near.lower() in line), 0)
    ordered = [*range(start, len(lines)), *range(start)]
    for sign in (_CODED, _NOBODY, _FULL, _NO_HOST, _POLICY, _OUTLASTED):
        for number in ordered:
            if sign.search(lowered[number]):
                return " ".join(lines[number : number + 3])
    return ""


def one_line(words: str) -> str:
    """The words on one line, cut to what a person reads."""
    return " ".join(words[: 2 * LONGEST_REASON].split())[:LONGEST_REASON]


def _best_status(status: str, words: str) -> str:
    """The more telling of a field and the code in the diagnostic text, where they do not contradict each other."""
    said = status_in(words)
    if not status or (status.endswith(".0.0") and said[:2] == status[:2]):
        return said or status
    return status


def _is_permanent(status: str, words: str) -> bool:
    if status:
        return status.startswith("5")
    reply = _REPLY.search(words)
    if reply is not None:
        return reply.group(1).startswith("5")
    return _OUTLASTED.search(words.lower()) is None


def _is_dead(status: str, words: str) -> bool:
    """No mailbox or no domain of that name: nothing will ever arrive there."""
    if _OTHER_CAUSE.fullmatch(status):
        return False
    said = words.lower()
    if status.startswith("5.") and failure_of_status(status) in DEAD:
        # Gateways write 5.1.1 over any refusal; the words beside it know better.
        refused = _POLICY.search(said) is not None and _NOBODY.search(said) is None
        return not refused and _OTHER_CAUSE.search(words) is None
    if _FULL.search(said) or _POLICY.search(said):
        return False
    return _NOBODY.search(said) is not None or _NO_HOST.search(said) is not None


def _failure(status: str, said: str, *, dead: bool) -> Failure:
    """The kind of a failure: a code that names a cause before words, but never a dead address that is none."""
    told = failure_of_status(status)
    if dead:
        nowhere = told is Failure.NO_SUCH_DOMAIN or (_NO_HOST.search(said) and not _NOBODY.search(said))
        return Failure.NO_SUCH_DOMAIN if nowhere else Failure.NO_SUCH_USER
    if told is not None and told not in DEAD:
        return told
    by_words = ((_FULL, Failure.FULL), (_POLICY, Failure.UNWANTED), (_OUTLASTED, Failure.AWAY))
    return next((failure for words, failure in by_words if words.search(said)), Failure.OTHER)
