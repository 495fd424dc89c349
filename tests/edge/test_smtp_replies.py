"""What servers' answers mean, as they were met in the wild."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.edge.smtp_replies import REPLY_LIMIT, Reply, Step, private_words, redact, trouble_in_session, verdict
from mailer.errors import AccountTrouble
from mailer.model.outgoing import Deferred, Refused

HOST = "smtp.example.org:587"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (550, "5.1.1 <dana@example.com>: Recipient address rejected: User unknown in local recipient table"),
        (550, "5.1.1 The email account that you tried to reach does not exist. Please try"),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
        (550, "5.1.6 recipient no longer on server"),
        (550, "No such user here"),
        (550, "sorry, no mailbox here by that name (#5.1.1)"),
        (553, "Invalid recipient dana@example.com"),
        (554, "delivery error: dd This user doesn't have a example.com account (dana@example.com) [0]"),
        (550, "5.1.2 <dana@example.invalid>: Recipient address rejected: Domain not found"),
        (550, "Requested action not taken: mailbox unavailable\nunknown user"),
        (556, "5.1.10 The domain example.com does not accept mail (nullMX)"),
    ],
)
def test_an_address_is_dead_where_the_mailbox_does_not_exist(code: int, text: str) -> None:
    outcome = verdict(Reply(code, text), host=HOST, step=Step.RCPT)

    assert isinstance(outcome, Refused)
    assert outcome.address_dead


@pytest.mark.parametrize(
    "text",
    [
        "5.7.1 Message rejected due to local policy",
        "5.7.1 Service unavailable; client host blocked using a block list",
        "5.7.1 user unknown or not permitted to receive from outside",
        "5.1.1 Message blocked as spam",
        "5.2.2 The email account that you tried to reach is over quota",
        "5.2.1 The email account that you tried to reach is disabled",
        "5.3.4 message too big",
        "5.7.26 unauthenticated mail: SPF and DKIM did not pass",
        "5.1.2 bad destination system",
        "5.4.1 Recipient address rejected: Access denied",
        "5.0.0 no",
        "no",
        "",
        "5.1.17 future use",
        "5.1.1.7 is an address of a machine",
    ],
)
def test_policy_quota_spam_and_size_say_nothing_about_the_address(text: str) -> None:
    outcome = verdict(Reply(550, text), host=HOST, step=Step.RCPT)

    assert isinstance(outcome, Refused)
    assert not outcome.address_dead


@pytest.mark.parametrize(
    ("step", "code", "text", "person"),
    [
        (Step.DOT, 550, "5.4.5 Daily user sending limit exceeded. For more information on sending limits go to", False),
        (Step.MAIL, 421, "4.7.0 Our system has detected an unusual rate of mail from your address", False),
        (Step.DOT, 421, "4.7.28 Gmail has detected an unusual rate of mail", False),
        (Step.RCPT, 452, "4.5.3 Your message has too many recipients", False),
        (Step.DOT, 432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", False),
        (Step.DOT, 550, "5.2.2 SubmissionQuotaExceededException; the sender's submission quota was exceeded", False),
        (Step.MAIL, 451, "4.7.500 Server busy. Please try again later", False),
        (Step.RCPT, 550, "5.7.232 Your message can't be sent because your tenant exceeded its rate limit", False),
        (Step.RCPT, 550, "Domain example.org has exceeded the max emails per hour (100/100) allowed", False),
        (Step.RCPT, 451, "Hourly sending limit reached", False),
        (Step.DOT, 550, "5.7.1 petra@example.org: You have exceeded your daily sending limit. Try again later", False),
        (Step.DOT, 550, "5.1.90 Your message can't be sent because you've reached your daily limit", False),
        (Step.DOT, 554, "5.2.122 RecipientLimitExceeded; the recipient limit of the sender was reached", False),
        (Step.RCPT, 554, "Mail send limit exceeded", False),
        (Step.DOT, 454, "Throttling failure: Daily message quota exceeded", False),
        (Step.DOT, 454, "Throttling failure: Maximum sending rate exceeded", False),
        (Step.DOT, 554, "5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; message blocked", True),
        (Step.DOT, 550, "5.4.6 Unusual sending activity detected. Please try after sometime", True),
        (Step.MAIL, 421, "4.7.0 [TSS04] Messages temporarily deferred", False),
        (Step.MAIL, 452, "4.3.1 Insufficient system storage", False),
        (Step.MAIL, 451, "4.4.5 congestion", False),
        (Step.MAIL, 550, "5.7.501 Access denied, spam abuse detected", True),
        (Step.DOT, 550, "5.1.8 Access denied, bad outbound sender", True),
        (Step.MAIL, 530, "5.7.0 Authentication Required", True),
        (Step.RCPT, 554, "5.7.1 <dana@example.com>: Relay access denied", True),
        (Step.RCPT, 550, "relay not permitted, authentication required", True),
        (Step.RCPT, 553, "5.7.1 <petra@example.org>: Sender address rejected: not owned by user letters", True),
        (Step.DOT, 554, "5.2.252 SendAsDenied; letters not allowed to send as petra", True),
        (Step.MAIL, 501, "5.1.7 Bad sender address syntax", True),
        (Step.MAIL, 550, "no", True),
    ],
)
def test_limits_and_bans_are_the_account_s_trouble_and_no_letter_s(
    step: Step, code: int, text: str, person: bool
) -> None:
    outcome = verdict(Reply(code, text), host=HOST, step=step, private=private_words("petra@example.org"))

    assert isinstance(outcome, AccountTrouble)
    assert outcome.needs_person is person
    assert 60 <= outcome.retry_seconds <= 3600
    assert HOST in outcome.reason
    assert "petra" not in outcome.reason


@pytest.mark.parametrize(
    ("text", "is_day"),
    [
        ("5.4.5 Daily user sending limit exceeded", True),
        ("5.1.90 no more for now", True),
        ("Mail send limit exceeded", True),
        ("Hourly sending limit reached", False),
        ("Domain example.org has exceeded the max emails per hour (100/100) allowed", False),
    ],
)
def test_a_used_up_day_is_told_from_a_used_up_hour(text: str, is_day: bool) -> None:
    outcome = verdict(Reply(550, text), host=HOST, step=Step.DOT)

    assert isinstance(outcome, AccountTrouble)
    assert outcome.used_up_day is is_day


@pytest.mark.parametrize(
    ("step", "code", "text"),
    [
        (Step.RCPT, 451, "4.7.1 Greylisting in action, please come back later"),
        (Step.RCPT, 421, "4.7.0 Greylisted, too many recipients"),
        (Step.RCPT, 450, "4.2.1 The user you are trying to contact is receiving mail too quickly"),
        (Step.RCPT, 452, "4.2.2 The recipient's daily quota is exhausted"),
        (Step.RCPT, 450, "4.1.1 user unknown, but perhaps not for long"),
        (Step.DOT, 421, "4.3.2 Service shutting down"),
        (Step.DATA, 452, "4.3.1 Insufficient system storage"),
        (Step.DOT, 451, "4.3.0 queue file write error"),
        (Step.MAIL, 503, "5.5.1 Sender already given"),
    ],
)
def test_what_passes_by_itself_is_deferred(step: Step, code: int, text: str) -> None:
    outcome = verdict(Reply(code, text), host=HOST, step=step)

    assert isinstance(outcome, Deferred)
    assert outcome.code == code
    assert outcome.status == text[:5]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4.7.1 Greylisted, try again in 5 minutes", 300),
        ("4.7.1 Recipient greylisted for 300 seconds", 300),
        ("4.7.1 please retry after 60s", 60),
        ("4.7.1 come back in 90000 seconds", 0),
        ("4.7.1 come back later", 0),
        ("4.7.1 in 12 months perhaps", 0),
    ],
)
def test_a_greylist_is_taken_at_its_word_within_reason(text: str, seconds: int) -> None:
    outcome = verdict(Reply(450, text), host=HOST, step=Step.RCPT)

    assert isinstance(outcome, Deferred)
    assert outcome.retry_seconds == seconds


@pytest.mark.parametrize(
    "text",
    [
        "5.1.1 <dana.reis@example.com>: User unknown",
        "User dana.reis is not known here, nor DANA.REIS",
        'no mailbox for "dana reis"@example.com',
        "see https://policy.example.org/why?id=dana.reis%40example.com&ip=192.0.2.1",
        "bounce+dana.reis=example.com@example.org is not welcome",
        "o'dana.reis@example.com, dana.reis@[192.0.2.1], dana.reis@localhost",
    ],
)
def test_no_address_survives_redaction(text: str) -> None:
    shown = redact(text, private=private_words("dana.reis@example.com", '"dana reis"@example.com'))

    assert "dana" not in shown.lower()
    assert "<…>" in shown


@pytest.mark.parametrize(
    "text",
    [
        "<bela@example.net>",
        "try bela@example.net instead",
        'try "bela b"@example.net instead',
        "https://example.org/why?id=bela%40example.net",
        "bounce+bela=example.net@example.org",
        "bela@localhost",
        "word " * 399 + "bela@example.net",
    ],
)
def test_a_stranger_s_address_is_redacted_too(text: str) -> None:
    assert "bela" not in redact(text)


def test_the_useful_words_survive_redaction() -> None:
    text = "5.7.9 Application-specific password required. For more information, go to\n5.7.9  https://example.org/p?x=1"

    assert redact(text) == (
        "5.7.9 Application-specific password required. For more information, go to 5.7.9 https://example.org/p?x=1"
    )


@given(st.text(max_size=500))
def test_redaction_leaves_one_short_printable_line(text: str) -> None:
    shown = redact(text, private=["dana"])

    assert len(shown) <= REPLY_LIMIT
    assert all(character >= " " and not 0xD800 <= ord(character) <= 0xDFFF for character in shown)


@given(st.integers(400, 599), st.text(max_size=200), st.sampled_from([Step.MAIL, Step.RCPT, Step.DATA, Step.DOT]))
def test_any_refusal_whatever_its_words_has_an_outcome_that_says_not_taken(code: int, text: str, step: Step) -> None:
    outcome = verdict(Reply(code, text), host=HOST, step=step)

    assert isinstance(outcome, (Deferred, Refused, AccountTrouble))
    if isinstance(outcome, Refused):
        assert code >= 500


@pytest.mark.parametrize(
    ("step", "code", "text", "person", "seconds"),
    [
        (Step.GREETING, 421, "4.7.0 too many connections", False, 900),
        (Step.GREETING, 554, "5.7.1 not today", False, 300),
        (Step.EHLO, 550, "5.7.1 not by that name", False, 300),
        (Step.STARTTLS, 454, "4.7.0 TLS not available due to temporary reason", False, 300),
        (Step.AUTH, 535, "5.7.139 Authentication unsuccessful, basic authentication is disabled", True, 900),
        (Step.AUTH, 454, "4.7.0 Too many login attempts, please try again later", False, 900),
        (Step.AUTH, 535, "Authentication failed", True, 900),
    ],
)
def test_a_no_before_any_letter_pauses_the_account(
    step: Step, code: int, text: str, person: bool, seconds: int
) -> None:
    trouble = trouble_in_session(Reply(code, text), host=HOST, step=step)

    assert trouble.needs_person is person
    assert trouble.retry_seconds == seconds
    assert trouble.reason == f"{HOST}: {step} refused: {code} {text}"
