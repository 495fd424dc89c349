"""Three invented days of Petra's practice, for the golden files and for looking at the mail.

Renew the golden files after a wanted change, and read the difference before committing it:

    python -m tests.digest.days           writes tests/digest/golden/*
    python -m tests.digest.days DIR       writes the same files there instead, to look at
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from mailer.digest import build, render_html, render_text, subject
from mailer.model.people import ClientState, Delivery
from mailer.model.plan import AnswerKind
from mailer.model.report import AwayRow, DigestFacts, EntryKind, HeldRow, TroubleRow
from tests.digest.cast import ago, answered, client, facts, key, ratings, reply, sent, session

GOLDEN = Path(__file__).parent / "golden"
WEEK = ("How was this week, 1 to 10?", "What went well?", "What will you do before next Friday, and when?")


def busy_day(language: str = "en") -> DigestFacts:
    """Questions, a session, letters in two scripts, silence with and without a reason, and a dead address."""
    people = (
        client("priya", name="Priya Nair", zone="Europe/London"),
        client("omar", name="Omar Haddad", zone="America/New_York"),
        client("dana", name="Dana Reis", zone="Europe/Lisbon"),
        client("tom", name="Tom Berg"),
        client("ana", name="Ana Costa", delivery=Delivery.DEAD),
        client("cem", name="Cem Kaya", state=ClientState.PAUSED, paused_until=datetime(2027, 3, 15, 8, tzinfo=UTC)),
        client("eva", name="Eva Lund"),
        *(client(slug) for slug in ("bea", "carl", "ines", "rui")),
    )
    priya = (
        "Hi Petra,\n\n7/10\n\nTwo good mornings this week. I still caved on Thursday, when the kids were ill and "
        "nobody slept. It was not the end of the world.\n\nI'll talk to Lee on Monday, before the team meeting.\n\n"
        "Best\nPriya"
    )
    omar = (
        "4. Rough one.\n\nThe report got done, that is about it. I noticed how often I said yes again.\n\n"
        "Block two hours on Tuesday morning.\n\nShould I tell my boss before or after the review?"
    )
    dana = "أسبوع جيد. تحدثت مع Lee أخيرًا، وكان الأمر أسهل مما ظننت."
    return facts(
        *people,
        replies=(
            reply(
                "priya",
                priya,
                at=ago(hours=9.33),
                questions=WEEK,
                answers=(
                    answered(0, "7/10", kind=AnswerKind.RATING, value=7),
                    answered(
                        1,
                        "Two good mornings this week. I still caved on Thursday, when the kids were ill and "
                        "nobody slept. It was not the end of the world.",
                    ),
                    answered(2, "I'll talk to Lee on Monday, before the team meeting.", kind=AnswerKind.COMMITMENT),
                ),
            ),
            reply(
                "omar",
                omar,
                at=ago(hours=26),
                questions=WEEK,
                answers=(
                    answered(0, "4. Rough one.", kind=AnswerKind.RATING, value=4),
                    answered(1, "The report got done, that is about it. I noticed how often I said yes again."),
                    answered(2, "Block two hours on Tuesday morning.", kind=AnswerKind.COMMITMENT),
                ),
                free="Should I tell my boss before or after the review?",
            ),
            reply("dana", dana, at=ago(hours=20), unconfirmed=True, attachments=("plan.pdf (120 kB)",)),
            reply("cem", "PAUSE 2 weeks", at=ago(hours=12), kind=EntryKind.STEERING),
        ),
        sent=(
            *(sent("tom", ago(days=30 + n * 7), answered_after=timedelta(hours=20)) for n in range(4)),
            sent("tom", ago(days=9)),
            sent("tom", ago(days=2)),
            *(sent(slug, ago(days=5), answered_after=timedelta(hours=6)) for slug in ("priya", "omar", "bea", "carl")),
            *(sent(slug, ago(days=2)) for slug in ("ines", "rui")),
            sent("eva", ago(days=5)),
        ),
        ratings=(
            *ratings("priya", 5, 6, 5, 6, 7, last=ago(hours=9.33)),
            *ratings("omar", 7, 7, 6, 7, 7, 8, 4, last=ago(hours=26)),
        ),
        away=(AwayRow(client_id=key("eva"), noticed_at=ago(days=4), until=date(2027, 3, 9)),),
        troubles=(
            TroubleRow(client_id=key("ana"), at=ago(hours=20), what="bounce", detail="no such user"),
            TroubleRow(
                client_id=key("rui"),
                at=ago(hours=30),
                what="unknown",
                detail="the line broke after the letter",
                prompt="weekly-checkin/week",
                letter="4f1c22d9",
            ),
        ),
        held=(
            HeldRow(
                letter_id=key("held"),
                received_at=ago(hours=14),
                reason="could be from Bea or from Carl, who share this address",
                sender="lind@example.org",
            ),
        ),
        sessions=(session("priya", datetime(2027, 3, 3, 13, tzinfo=UTC)),),
        answers={slug: f"{slug}@example.org" for slug in ("priya", "omar", "dana")},
        language=language,
    )


def quiet_day() -> DigestFacts:
    """No letter; one silent, one away without a date, one who wants no more letters."""
    return facts(
        client("tom", name="Tom Berg"),
        client("eva", name="Eva Lund"),
        client("kai", name="Kai Moss", state=ClientState.STOPPED),
        *(client(slug) for slug in ("bea", "carl", "ines")),
        sent=(sent("tom", ago(days=6)), sent("eva", ago(days=4)), sent("bea", ago(days=1))),
        away=(AwayRow(client_id=key("eva"), noticed_at=ago(days=4), until=None),),
    )


def no_news() -> DigestFacts:
    """Nothing to tell."""
    people = [client(slug) for slug in ("bea", "carl", "ines", "rui")]
    return facts(*people, sent=[sent("bea", ago(days=3), answered_after=timedelta(hours=8)), sent("rui", ago(days=1))])


def golden() -> dict[str, str]:
    """What each golden file holds, by its name."""
    days = {"busy": busy_day(), "busy.de": busy_day("de"), "quiet": quiet_day(), "no-news": no_news()}
    files: dict[str, str] = {}
    for name, day in days.items():
        digest = build(day)
        files[f"{name}.txt"] = f"Subject: {subject(digest)}\n\n{render_text(digest)}"
        files[f"{name}.html"] = render_html(digest)
    return files


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDEN
    target.mkdir(parents=True, exist_ok=True)
    for file, content in golden().items():
        (target / file).write_text(content, encoding="utf-8")
