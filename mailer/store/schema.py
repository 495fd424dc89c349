"""The tables: what the promises look like as constraints.

An occurrence is unique for ever; a letter out has one cause; a letter in has one place in a mailbox; an entry stands in
at most one digest. Every row below a coach carries coach_id. Names, addresses, subjects, bodies, raw letters, answers,
promises and attachments are sealed (see vault.py); look-ups go by keyed digests.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Float,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from mailer.model.incoming import Kind
from mailer.model.outgoing import LetterKind, OutboxState
from mailer.model.people import ClientState, Delivery, Form, SessionState
from mailer.model.plan import AnswerKind
from mailer.model.report import EntryKind
from mailer.store.columns import NAMING, at, digest, key, number, one_of, sealed, to, word, yes_no


class LetterState(StrEnum):
    """What became of a letter that came in."""

    KEPT = "kept"  # stored, not looked at yet
    FILED = "filed"  # an entry of a client's thread, or a coach's letter dealt with
    HELD = "held"  # waits for a person, with its reason
    SET_ASIDE = "set-aside"  # reading it failed three times; kept, shown
    DISCARDED = "discarded"  # a person said it is nothing
    PASSED_OVER = "passed-over"  # not ours, or our own copy: place and verdict only, no content


class AccountEnd(StrEnum):
    """The two ends of an account."""

    SMTP = "smtp"
    IMAP = "imap"


class PromiseState(StrEnum):
    """Where a promise stands."""

    POSSIBLE = "possible"  # found in a letter, not confirmed
    OPEN = "open"
    DONE = "done"
    MOVED = "moved"  # replaced by a promise with a later day
    DROPPED = "dropped"


class OccurrenceState(StrEnum):
    """What was decided about an occurrence."""

    QUEUED = "queued"
    SKIPPED = "skipped"


meta = MetaData(naming_convention=NAMING)

practices = Table("practices", meta, key(), word("slug", unique=True), word("title"))

coaches = Table(
    "coaches", meta, key(), to("practices"), word("slug"), sealed("name"), sealed("address"), digest("address_digest"),
    word("zone"), word("language"), word("digest_at"), Column("digests_from", Date, nullable=False), yes_no("active"),
    UniqueConstraint("practice_id", "slug"),
)  # fmt: skip

accounts = Table(
    "accounts", meta, key(), to("practices"), word("slug", unique=True), word("settings_digest", optional=True)
)

# The two ends of an account fail on their own: a mailbox that refuses the login may still send.
account_ends = Table(
    "account_ends", meta, key(), to("accounts"), word("end"), at("paused_until", optional=True),
    word("reason", optional=True), yes_no("needs_person", default=False), number("refusals", default=0),
    at("worked_at", optional=True), UniqueConstraint("account_id", "end"), one_of("end", AccountEnd, name="which"),
)  # fmt: skip

clients = Table(
    "clients", meta, key(), to("practices"), to("coaches"), sealed("slug"), digest("slug_digest"), sealed("name"),
    sealed("address"), digest("address_digest"), yes_no("shared_address", default=False),
    word("zone"), word("country"), word("language"), word("form"), sealed("tags"), sealed("variables", optional=True),
    word("own_time", optional=True), word("days_off", optional=True), word("quiet_hours", optional=True),
    at("habits_since", optional=True), word("state"), at("paused_until", optional=True),
    at("active_since", optional=True), word("delivery"), word("delivery_detail", optional=True), at("created_at"),
    one_of("form", Form), one_of("state", ClientState), one_of("delivery", Delivery),
    UniqueConstraint("practice_id", "slug_digest"),
)  # fmt: skip
# Two living clients share an address only where someone said so.
_ALONE = text("NOT shared_address AND state NOT IN ('left', 'forgotten')")
Index(
    "uq_clients_address", clients.c.practice_id, clients.c.address_digest, unique=True,
    sqlite_where=_ALONE, postgresql_where=_ALONE,
)  # fmt: skip

aliases = Table(
    "aliases", meta, key(), to("clients"), to("coaches"), sealed("address"), digest("address_digest"),
    at("confirmed_at", optional=True), UniqueConstraint("client_id", "address_digest"),
)  # fmt: skip

# `next_due_at` is a disposable index: NULL says "plan me anew".
enrolments = Table(
    "enrolments", meta, key(), to("clients"), to("coaches"), word("schedule"), Column("start_on", Date, nullable=False),
    Column("end_on", Date), at("started_at"), at("left_at", optional=True), at("planned_until"),
    at("next_due_at", optional=True), UniqueConstraint("client_id", "schedule", "start_on"),
)  # fmt: skip
# A client is on a schedule once at a time, and whoever has left is not looked at.
_THERE = enrolments.c.left_at.is_(None)
Index("ix_enrolments_next_due_at", enrolments.c.next_due_at, sqlite_where=_THERE, postgresql_where=_THERE)
Index(
    "uq_enrolments_living", enrolments.c.client_id, enrolments.c.schedule, unique=True,
    sqlite_where=_THERE, postgresql_where=_THERE,
)  # fmt: skip

# `source` is a digest of the calendar event a session came from, `sequence` the revision it was last read in.
sessions = Table(
    "sessions", meta, key(), to("clients"), to("coaches"), at("starts_at", index=True), at("ends_at"), word("state"),
    digest("source", optional=True, index=False), number("sequence", optional=True),
    one_of("state", SessionState), CheckConstraint("ends_at > starts_at", name="order"),
    UniqueConstraint("coach_id", "source"),
)  # fmt: skip
_PLANNED = sessions.c.state == SessionState.PLANNED
Index(
    "uq_sessions_planned", sessions.c.client_id, sessions.c.starts_at, unique=True,
    sqlite_where=_PLANNED, postgresql_where=_PLANNED,
)  # fmt: skip

prompts_seen = Table(
    "prompts_seen", meta, key(), to("practices"), word("schedule"), word("prompt"), at("first_seen_at"),
    word("timing", optional=True), at("timed_since", optional=True),
    UniqueConstraint("practice_id", "schedule", "prompt"),
)  # fmt: skip

# What each schedule file said when it was last planned by: another fingerprint makes its enrolments plan anew.
# `source` is the file's text: while a broken file stands in its place, the last good one stays in force.
schedules_seen = Table(
    "schedules_seen", meta, key(), to("practices"), word("schedule"), word("fingerprint"),
    Column("source", Text), UniqueConstraint("practice_id", "schedule"),
)  # fmt: skip

# `about_id` is the session or promise. A withdrawn one counts as undecided: its session moved before it went.
# A closed one went unanswered and a newer letter took its place.
occurrences = Table(
    "occurrences", meta, key(), to("clients", index=False), to("coaches"), to("enrolments"), word("schedule"),
    word("prompt"), word("anchor"), word("state"), word("reason", optional=True), word("detail", optional=True),
    at("due_at"), at("until"), at("decided_at", index=True), yes_no("late"), Column("about_id", Uuid, index=True),
    at("withdrawn_at", optional=True), at("closed_at", optional=True),
    one_of("state", OccurrenceState), UniqueConstraint("client_id", "schedule", "prompt", "anchor"),
)  # fmt: skip
_WITHDRAWN = occurrences.c.withdrawn_at.is_not(None)
Index("ix_occurrences_withdrawn", occurrences.c.client_id, sqlite_where=_WITHDRAWN, postgresql_where=_WITHDRAWN)

threads = Table(
    "threads", meta, key(), to("clients"), to("coaches"), word("schedule"), UniqueConstraint("client_id", "schedule")
)

conversations = Table(
    "conversations", meta, key(), to("threads"), to("clients"), to("coaches"),
    to("occurrences", optional=True), sealed("subject"), at("opened_at"), UniqueConstraint("occurrence_id"),
)  # fmt: skip

letters = Table(
    "letters", meta, key(), to("accounts"), word("folder"), number("uidvalidity"),
    number("uid"), at("received_at"), at("kept_at"), number("size"),
    yes_no("whole"), digest("content_digest"), digest("message_id_digest", optional=True),
    sealed("raw", optional=True), sealed("data_key", optional=True), word("intake_day", optional=True), word("state"),
    word("kind", optional=True), word("reason", optional=True), number("tries", default=0),
    at("next_try_at", optional=True), to("clients", optional=True), to("coaches", optional=True),
    to("letters", optional=True, name="copy_of"),
    one_of("state", LetterState), one_of("kind", Kind),
    CheckConstraint("(raw IS NULL) = (data_key IS NULL)", name="raw_has_key"),
    CheckConstraint("state NOT IN ('kept', 'held', 'set-aside') OR raw IS NOT NULL", name="has_bytes"),
    UniqueConstraint("account_id", "folder", "uidvalidity", "uid"),
)  # fmt: skip
Index("ix_letters_waiting", letters.c.state, letters.c.id)

digests = Table(
    "digests", meta, key(), to("coaches"), Column("day", Date, nullable=False),
    number("again", default=0), at("claimed_at"), UniqueConstraint("coach_id", "day", "again"),
)  # fmt: skip

digest_clients = Table(
    "digest_clients", meta, key(), to("digests"), to("clients"), UniqueConstraint("digest_id", "client_id")
)

_IN = text("state = 'queued'")  # the queue; queries say it in these words
outbox = Table(
    "outbox", meta, key(), word("kind"), to("accounts"), to("coaches"), to("clients", optional=True),
    to("occurrences", optional=True), to("digests", optional=True), to("letters", optional=True),
    to("conversations", optional=True), word("cause"),
    Column("reference", LargeBinary(10), nullable=False, unique=True),
    word("state"), number("priority"), at("due_at"), at("next_attempt_at"), at("expires_at"),
    number("attempts", default=0), word("lease_owner", optional=True),
    at("lease_until", optional=True), sealed("content", optional=True), sealed("recipient", optional=True),
    digest("recipient_digest", optional=True), word("message_id", optional=True, unique=True),
    sealed("raw", optional=True), sealed("asked", optional=True), number("code", optional=True),
    word("status", optional=True),
    word("detail", optional=True), at("created_at"), at("settled_at", optional=True, index=True),
    one_of("kind", LetterKind), one_of("state", OutboxState),
    CheckConstraint("(state IN ('claimed', 'sending')) = (lease_owner IS NOT NULL)", name="lease"),
    CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="lease_ends"),
    CheckConstraint(
        "(state IN ('sent', 'unknown', 'refused', 'cancelled', 'expired')) = (settled_at IS NOT NULL)", name="settled"
    ),
    CheckConstraint("raw IS NULL OR message_id IS NOT NULL", name="bytes_have_id"),
    CheckConstraint("state NOT IN ('sending', 'sent', 'unknown') OR raw IS NOT NULL", name="bytes_fixed"),
    CheckConstraint("kind <> 'prompt' OR (client_id IS NOT NULL AND occurrence_id IS NOT NULL)", name="prompt"),
    CheckConstraint("kind <> 'digest' OR digest_id IS NOT NULL", name="digest"),
    CheckConstraint("kind <> 'confirmation' OR (client_id IS NOT NULL AND content IS NOT NULL)", name="confirmation"),
    CheckConstraint("kind <> 'notice' OR content IS NOT NULL", name="notice"), Index("ix_outbox_state", "state"),
    Index("ix_outbox_queue", "account_id", "priority", "next_attempt_at", "id", sqlite_where=_IN, postgresql_where=_IN),
)  # fmt: skip
# One living letter per cause: a replaced row is cancelled first.
Index(
    "uq_outbox_cause", outbox.c.cause, unique=True,
    sqlite_where=outbox.c.state != "cancelled", postgresql_where=outbox.c.state != "cancelled",
)  # fmt: skip

entries = Table(
    "entries", meta, key(), to("clients"), to("coaches"), to("threads", optional=True),
    to("conversations", optional=True), to("letters", optional=True), to("outbox", optional=True, name="outbox_id"),
    word("kind"), sealed("text"), sealed("free", optional=True), Column("confidence", Float, nullable=False),
    yes_no("unconfirmed", default=False), word("note", optional=True), at("at"),
    Column("away_until", Date), to("digests", optional=True), yes_no("repeated", default=False),
    one_of("kind", EntryKind), UniqueConstraint("letter_id"),
)  # fmt: skip

answers = Table(
    "answers", meta, key(), to("entries", name="entry_id"), to("clients"), to("coaches"),
    to("outbox", name="outbox_id"), number("question"), word("kind"), sealed("text"),
    sealed("value", optional=True), at("at"), one_of("kind", AnswerKind), UniqueConstraint("entry_id", "question"),
)  # fmt: skip

promises = Table(
    "promises", meta, key(), to("clients"), to("coaches"), to("entries", optional=True, name="entry_id"),
    yes_no("by_coach"), sealed("text"), Column("due_on", Date), word("state"), at("made_at"),
    at("settled_at", optional=True), one_of("state", PromiseState),
)  # fmt: skip

attachments = Table(
    "attachments", meta, key(), to("entries", name="entry_id"), to("clients"), to("coaches"), sealed("name"),
    word("content_type"), number("size"), digest("content_digest"), sealed("content", optional=True),
)  # fmt: skip

cursors = Table(
    "cursors", meta, key(), to("accounts"), word("folder"), number("uidvalidity"),
    number("last_uid"), number("rescan_to", default=0),
    at("began_at"), at("checked_at"), UniqueConstraint("account_id", "folder"),
)  # fmt: skip

tombstones = Table(
    "tombstones", meta, key(), word("kind"), digest("digest"), at("at"), UniqueConstraint("kind", "digest")
)

heartbeats = Table("heartbeats", meta, key(), word("worker", unique=True), at("at"), word("trouble", optional=True))

# The key store: another database, so that a backup of the one opens nothing without the other.
key_meta = MetaData(naming_convention=NAMING)

keys = Table(
    "keys", key_meta, key(), word("kind"), word("owner"), Column("wrapped", LargeBinary, nullable=False), at("made_at"),
    UniqueConstraint("kind", "owner"),
)  # fmt: skip
