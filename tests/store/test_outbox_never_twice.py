"""Whatever three senders, a clock, a cleaner and a person do in whatever order: no letter goes out twice.

The senders are honest about what they did and know nothing of each other; they may be slow, die at any point and come
back after their lease. A letter is on the wire from the moment `mark_sending` says yes until its sender says that it
was not taken.
"""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.errors import AccountTrouble
from mailer.model.outgoing import ClaimedLetter, Deferred, OutboxState, Outcome, Refused, Sent, Unknown
from mailer.store import held, outbox, schema, settlement
from tests.store.letters import claim, fix, mark_sending, rows_of, rules, settle, want_notice
from tests.stores import NOW, Store, Templates

Q, C, S = OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.SENDING
SENT, UNKNOWN, HELD = OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.HELD
REFUSED, CANCELLED, EXPIRED = OutboxState.REFUSED, OutboxState.CANCELLED, OutboxState.EXPIRED

# What may follow on what, at once. From SENT, REFUSED, CANCELLED and EXPIRED nothing does.
FOLLOWS = {
    Q: {C, EXPIRED},
    C: {Q, S, HELD, REFUSED, EXPIRED},
    S: {Q, SENT, UNKNOWN, REFUSED, EXPIRED},
    HELD: {Q, EXPIRED},
    UNKNOWN: {SENT, CANCELLED},
}
Step = tuple[str, dict[str, object]]
NOT_TAKEN: tuple[Outcome, ...] = (
    Deferred(code=451, status="4.7.1", reply="later"),
    Refused(code=550, status="5.7.1", reply="no"),
    AccountTrouble("daily limit"),
)
MAYBE_TAKEN: tuple[Outcome, ...] = (Sent(code=250, reply="ok"), Unknown(reason="lost"))

OWNERS = ("one", "two", "three")
owners, any_letter = st.sampled_from(OWNERS), st.integers(0, 20)


def _step(name: str, **arguments: st.SearchStrategy[object]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(name), st.fixed_dictionaries(arguments))


# The ordinary steps stand twice: most of what happens is ordinary.
ORDINARY = (
    _step("take_one_as_far_as_data", owner=owners),
    _step("say_taken", owner=owners, number=any_letter, outcome=st.sampled_from(MAYBE_TAKEN)),
    _step("say_not_taken", owner=owners, number=any_letter, outcome=st.sampled_from(NOT_TAKEN)),
    _step("outlive_a_lease"),
)
STEPS = st.one_of(
    *ORDINARY,
    *ORDINARY,
    _step("want", cause=st.integers(0, 9), hours=st.sampled_from([1, 48])),
    _step("claim", owner=owners, limit=st.integers(1, 3)),
    _step("write", owner=owners, number=any_letter),
    _step("start_data", owner=owners, number=any_letter),
    _step("give_back", owner=owners, number=any_letter, park=st.booleans()),
    _step("tidy"),
    _step("pass_time", minutes=st.sampled_from([1, 20])),
    _step("mend_templates"),
    _step("settle_by_hand", number=any_letter, state=st.sampled_from([SENT, CANCELLED])),
)


class Office:
    """Three senders over one outbox; the rest is what this test believes of it."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, NOW
        self.claimed: dict[str, list[ClaimedLetter]] = {owner: [] for owner in OWNERS}  # stale ones stay
        self.on_wire: dict[UUID, str] = {}  # letter -> who was told that DATA may come
        self.before: dict[UUID, OutboxState] = {}
        self.times_sending = 0
        for cause in range(5):
            want_notice(store, f"notice:{cause}", hours=48)

    def _pick(self, owner: str, number: int) -> ClaimedLetter | None:
        """A letter this sender once claimed, whether it still has it or not; the latest ones come first."""
        mine = self.claimed[owner]
        return mine[-1 - number % len(mine)] if mine else None

    def want(self, cause: int, hours: int) -> None:
        living = [row for row in rows_of(self.store, schema.outbox, cause=f"notice:{cause}") if row.state != CANCELLED]

        made = want_notice(self.store, f"notice:{cause}", due=self.now, hours=hours)

        assert (made is None) == bool(living)

    def claim(self, owner: str, limit: int) -> None:
        self.claimed[owner] += claim(self.store, rules(owner, limit=limit), now=self.now)

    def write(self, owner: str, number: int) -> None:
        if letter := self._pick(owner, number):
            fix(self.store, letter, owner=owner, now=self.now)

    def take_one_as_far_as_data(self, owner: str) -> None:
        claimed = claim(self.store, rules(owner, limit=1), now=self.now)
        self.claimed[owner] += claimed
        self.every_step_is_one_of_those_that_may_be()
        if claimed:
            self.start_data(owner=owner, number=0)

    def start_data(self, owner: str, number: int) -> None:
        if (letter := self._pick(owner, number)) is None:
            return
        fix(self.store, letter, owner=owner, now=self.now)
        has_bytes = any(row.raw for row in rows_of(self.store, schema.outbox, id=letter.id))
        if has_bytes and mark_sending(self.store, letter.id, owner=owner, now=self.now):
            assert letter.id not in self.on_wire, "a letter went out twice"
            self.on_wire[letter.id] = owner
            self.times_sending += 1

    def say_not_taken(self, owner: str, number: int, outcome: Outcome) -> None:
        if (letter := self._pick(owner, number)) is None:
            return
        if settle(self.store, letter.id, outcome, owner=owner, now=self.now):
            assert self.on_wire.pop(letter.id, owner) == owner, "one sender spoke for another"

    def say_taken(self, owner: str, number: int, outcome: Outcome) -> None:
        if (letter := self._pick(owner, number)) is None:
            return
        if self.on_wire.get(letter.id) == owner:
            settle(self.store, letter.id, outcome, owner=owner, now=self.now)

    def give_back(self, owner: str, number: int, park: bool) -> None:
        if (letter := self._pick(owner, number)) is None:
            return
        if park:
            self.store.db.write(held.hold, letter.id, owner=owner, detail="template")
        else:
            self.store.db.write(outbox.release, [letter.id], owner=owner, next_attempt_at=self.now)

    def pass_time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def outlive_a_lease(self) -> None:
        self.pass_time(minutes=16)
        self.tidy()

    def tidy(self) -> None:
        self.store.db.write(settlement.take_back, self.store.vault, now=self.now)
        self.store.db.write(settlement.expire, self.store.vault, now=self.now)

    def mend_templates(self) -> None:
        self.store.db.write(held.retry_held, now=self.now)

    def settle_by_hand(self, number: int, state: OutboxState) -> None:
        unknown = rows_of(self.store, schema.outbox, state=UNKNOWN)
        if unknown:
            letter = unknown[number % len(unknown)].id
            self.store.db.write(settlement.settle_by_hand, self.store.vault, letter, state, now=self.now)

    def every_step_is_one_of_those_that_may_be(self) -> None:
        now = {row.id: OutboxState(row.state) for row in rows_of(self.store, schema.outbox)}
        assert set(self.before) <= set(now)
        for letter, state in now.items():
            was = self.before.get(letter, Q)
            assert state == was or state in FOLLOWS.get(was, set()), f"{was} -> {state}"
        self.before = now

    def come_to_rest(self) -> None:
        """Long after: everyone is dead, and each letter has come to rest in one state."""
        self.now += timedelta(days=4)
        self.store.db.write(held.retry_held, now=self.now)
        self.store.db.write(settlement.take_back, self.store.vault, now=self.now)
        self.store.db.write(settlement.expire, self.store.vault, now=self.now)
        self.every_step_is_one_of_those_that_may_be()
        assert set(self.before.values()) <= {SENT, UNKNOWN, REFUSED, CANCELLED, EXPIRED}
        for letter in self.on_wire:
            assert self.before[letter] in (SENT, UNKNOWN, CANCELLED), "what was on the wire is known to have been"


def test_no_letter_goes_out_twice_whatever_happens(store_templates: Templates, tmp_path: Path) -> None:
    offices: list[Office] = []

    @settings(
        max_examples=25, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(steps=st.lists(STEPS, min_size=40, max_size=80))
    def play(steps: list[Step]) -> None:
        place = tmp_path / str(len(offices))
        place.mkdir()
        with closing(store_templates.new("sqlite", place)) as store:
            office = Office(store)
            offices.append(office)
            for name, arguments in steps:
                getattr(office, name)(**arguments)
                office.every_step_is_one_of_those_that_may_be()
            office.come_to_rest()

    play()

    assert sum(office.times_sending for office in offices) > 80
