"""Practices, coaches, clients and accounts: who there is, who may be written to, and how the accounts do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta
from threading import Barrier
from uuid import UUID

import pytest

from mailer.errors import AccountTrouble, PermanentFailure
from mailer.model.people import Client, ClientState, Delivery, Form, NewClient
from mailer.store import accounts, clients, enrolments, planning, practice, schema
from mailer.store.practice import CoachSeed
from mailer.store.schema import AccountEnd
from mailer.store.vault import Vault
from tests.store.letters import deciding, rows_of
from tests.stores import MASTER, NOW, Store

ENZO = NewClient(
    slug="enzo",
    name="Enzo Ferri Blum",
    address="Enzo.Blum@Example.org",
    coach="petra",
    zone="Europe/Rome",
    country="IT",
    language="de",
    form=Form.FORMAL,
    tags=frozenset({"acme", "führung"}),
)
PETRA = CoachSeed(
    practice="vogl",
    slug="petra",
    name="Petra Vogl",
    address="petra@coach.example.org",
    zone="Europe/Berlin",
    language="en",
    digest_at=time(7, 0),
)


def _add(store: Store, new: NewClient, *, shared: bool = False) -> Client:
    return store.db.write(clients.add_client, store.vault, new, shared_address=shared, now=NOW)


def _find(store: Store, slug: str) -> Client:
    return store.db.read(clients.find_client, store.vault, slug)


def _at(store: Store, address: str, *, practice_id: UUID | None = None) -> list[tuple[UUID, ClientState, bool]]:
    return store.db.read(clients.clients_at, store.vault, address, practice=practice_id)


def _second_practice(store: Store) -> UUID:
    """Another practice on the same installation, with the coach Quentin and an account of its own."""
    store.db.write(practice.seed_practice, "other", "The other practice", now=NOW)
    store.db.write(accounts.seed_account, "other", "other", settings_digest="1", now=NOW)
    quentin = replace(PETRA, practice="other", slug="quentin", name="Quentin Roy", address="quentin@coach.example.net")
    store.db.write(practice.seed_coach, store.vault, quentin, now=NOW)
    return store.db.read(practice.practice_id, "other")


def test_a_client_comes_back_as_said(store: Store) -> None:
    added = _add(store, ENZO)

    assert _find(store, " ENZO ") == added
    assert (added.name, added.first_name, added.address) == ("Enzo Ferri Blum", "Enzo", "Enzo.Blum@Example.org")
    assert (added.zone, added.country, added.language, added.form) == ("Europe/Rome", "IT", "de", Form.FORMAL)
    assert added.tags == {"acme", "führung"}
    assert (added.state, added.delivery, added.paused_until) == (ClientState.ACTIVE, Delivery.OK, None)
    assert (added.coach_id, added.practice_id, added.created_at) == (store.petra.id, store.petra.practice_id, NOW)


def test_an_unknown_short_name_is_answered_with_where_they_are_shown(store: Store) -> None:
    with pytest.raises(PermanentFailure) as error:
        _find(store, "dana")

    assert str(error.value) == 'there is no client "dana"; `mailer client list` shows the short names'


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (
            replace(ENZO, slug="Enzo", address="other@example.org"),
            'client "Enzo" exists already; choose another short name',
        ),
        (
            replace(ENZO, slug="eb", address="enzo.blum@EXAMPLE.org"),
            'client "eb": another client has this address; if two people share it, say --shared-address',
        ),
        (replace(ENZO, coach="paul"), 'there is no coach "paul"; config.toml has: petra'),
    ],
)
def test_a_client_who_cannot_be_added_is_refused_in_words(store: Store, new: NewClient, said: str) -> None:
    _add(store, ENZO)

    with pytest.raises(PermanentFailure) as error:
        _add(store, new)

    assert str(error.value) == said
    assert len(store.db.read(clients.clients, store.vault, left=True)) == 1


def test_a_refused_client_leaves_no_key_behind(store: Store) -> None:
    _add(store, ENZO)

    with pytest.raises(PermanentFailure):
        _add(store, ENZO)

    assert len(store.vault.owners("client")) == 1


def test_two_people_share_an_address_where_someone_says_so(store: Store) -> None:
    ida = _add(store, replace(ENZO, slug="ida"))
    jon = _add(store, replace(ENZO, slug="jon"), shared=True)

    assert {one[0] for one in _at(store, "enzo.blum@example.org")} == {ida.id, jon.id}


def test_an_address_is_free_again_when_its_client_has_left(store: Store) -> None:
    first = _add(store, ENZO)
    store.db.write(clients.set_state, first.id, ClientState.LEFT, now=NOW)

    second = _add(store, replace(ENZO, slug="enzo2"))

    assert [one.id for one in store.db.read(clients.clients, store.vault)] == [second.id]
    assert [one.id for one in store.db.read(clients.clients, store.vault, left=True)] == [first.id, second.id]


def test_a_client_who_comes_back_to_a_taken_address_is_refused_in_words(store: Store) -> None:
    first = _add(store, ENZO)
    store.db.write(clients.set_state, first.id, ClientState.LEFT, now=NOW)
    _add(store, replace(ENZO, slug="enzo2"))

    with pytest.raises(PermanentFailure, match="another client has this address by now"):
        store.db.write(clients.set_state, first.id, ClientState.ACTIVE, now=NOW)

    assert _find(store, "enzo").state is ClientState.LEFT


def test_a_letter_from_an_alias_is_the_clients_own_once_confirmed(store: Store) -> None:
    enzo = _add(store, ENZO)

    store.db.write(clients.add_alias, store.vault, enzo.id, "enzo@home.example.net", now=NOW)
    store.db.write(clients.add_alias, store.vault, enzo.id, "ENZO@home.example.net", now=NOW)

    assert _at(store, "enzo@HOME.example.net") == [(enzo.id, ClientState.ACTIVE, True)]
    assert _at(store, "enzo@elsewhere.example.net") == []
    assert len(rows_of(store, schema.aliases)) == 1


def test_a_forgotten_client_is_found_by_no_address(store: Store) -> None:
    enzo = _add(store, ENZO)
    store.db.write(clients.add_alias, store.vault, enzo.id, "enzo@home.example.net", now=NOW)

    store.db.write(clients.set_state, enzo.id, ClientState.FORGOTTEN, now=NOW)

    assert _at(store, ENZO.address) == []
    assert _at(store, "enzo@home.example.net") == []
    assert store.db.read(clients.clients, store.vault, left=True) == []


def test_a_pause_ends_at_its_time_and_not_before(store: Store) -> None:
    enzo = _add(store, ENZO)
    until = NOW + timedelta(days=14)
    store.db.write(clients.set_state, enzo.id, ClientState.PAUSED, until=until, now=NOW)

    assert store.db.write(clients.end_pauses, now=until - timedelta(seconds=1)) == []
    assert _find(store, "enzo").paused_until == until

    assert store.db.write(clients.end_pauses, now=until) == [enzo.id]
    assert (_find(store, "enzo").state, _find(store, "enzo").paused_until) == (ClientState.ACTIVE, None)


@pytest.mark.parametrize("state", [ClientState.PAUSED, ClientState.STOPPED, ClientState.LEFT])
def test_a_state_without_an_end_does_not_end_by_itself(store: Store, state: ClientState) -> None:
    enzo = _add(store, ENZO)
    store.db.write(clients.set_state, enzo.id, state, now=NOW)

    assert store.db.write(clients.end_pauses, now=NOW + timedelta(days=10_000)) == []
    assert _find(store, "enzo").state is state


def test_every_edit_of_a_client_makes_the_planner_look_anew(store: Store) -> None:
    enzo = _add(store, ENZO)
    store.db.write(enrolments.join, enzo.id, "weekly", start=date(2027, 3, 1), now=NOW)

    def planned() -> bool:
        store.db.write(planning.plan_next, store.vault, deciding(), now=NOW)
        return rows_of(store, schema.enrolments)[0].next_due_at is not None

    assert planned()
    store.db.write(clients.set_state, enzo.id, ClientState.PAUSED, now=NOW)
    assert rows_of(store, schema.enrolments)[0].next_due_at is None
    assert planned()
    store.db.write(clients.set_delivery, enzo.id, Delivery.DEAD, detail="5.1.1")
    assert rows_of(store, schema.enrolments)[0].next_due_at is None


# Practices and coaches


def test_seeding_twice_changes_nothing(store: Store) -> None:
    before = rows_of(store, schema.coaches), rows_of(store, schema.practices), rows_of(store, schema.accounts)

    store.db.write(practice.seed_practice, "vogl", "Between Sessions Berlin", now=NOW + timedelta(days=1))
    store.db.write(accounts.seed_account, "main", "vogl", settings_digest="1", now=NOW + timedelta(days=1))
    store.db.write(practice.seed_coach, store.vault, PETRA, now=NOW + timedelta(days=1))

    after = rows_of(store, schema.coaches), rows_of(store, schema.practices), rows_of(store, schema.accounts)
    assert [[row.id for row in rows] for rows in after] == [[row.id for row in rows] for rows in before]
    assert store.db.read(practice.coaches, store.vault) == [store.petra]
    assert len(rows_of(store, schema.account_ends)) == 2


def test_a_coach_who_changed_keeps_the_row_and_the_clients(store: Store) -> None:
    enzo = _add(store, ENZO)
    married = replace(PETRA, name="Petra Lang", address="lang@coach.example.org", digest_at=time(18, 30))

    store.db.write(practice.seed_coach, store.vault, married, now=NOW)

    coach = store.db.read(practice.coach, store.vault, enzo.coach_id)
    assert (coach.id, coach.name, coach.digest_at) == (store.petra.id, "Petra Lang", time(18, 30))
    assert store.db.read(practice.coach_at, store.vault, "LANG@coach.example.org") == store.petra.id
    assert store.db.read(practice.coach_at, store.vault, PETRA.address) is None


def test_two_processes_that_start_at_once_write_readable_coaches(store: Store) -> None:
    seeds = [replace(PETRA, slug=f"coach{n}", name=f"Coach {n}", address=f"c{n}@example.org") for n in range(10)]
    at_once = Barrier(2)

    def start() -> None:
        vault = Vault(store.key_db, MASTER)
        vault.prepare(now=NOW)
        for seed in seeds:
            at_once.wait(10)
            store.db.write(practice.seed_coach, vault, seed, now=NOW)

    with ThreadPoolExecutor(2) as both:
        for one in [both.submit(start) for _ in range(2)]:
            one.result()

    names = {one.name for one in store.db.read(practice.coaches, store.vault)}
    assert names == {"Petra Vogl", *(seed.name for seed in seeds)}
    assert len(store.vault.owners("coach")) == 11


def test_an_unknown_practice_is_named(store: Store) -> None:
    with pytest.raises(PermanentFailure, match='there is no practice "nowhere"'):
        store.db.write(practice.seed_coach, store.vault, replace(PETRA, practice="nowhere"), now=NOW)


def test_practices_do_not_meet_in_an_address(store: Store) -> None:
    other = _second_practice(store)
    here = _add(store, ENZO)

    there = _add(store, replace(ENZO, slug="enzo", coach="quentin"))

    assert _at(store, ENZO.address, practice_id=other) == [(there.id, ClientState.ACTIVE, True)]
    assert _at(store, ENZO.address, practice_id=store.petra.practice_id) == [(here.id, ClientState.ACTIVE, True)]
    assert store.db.read(practice.coach_at, store.vault, PETRA.address, practice=other) is None
    assert [one.id for one in store.db.read(clients.clients, store.vault, practice=other)] == [there.id]
    with pytest.raises(PermanentFailure, match="several practices"):
        _find(store, "enzo")


def test_an_audience_stays_inside_its_practice(store: Store) -> None:
    _second_practice(store)
    here = _add(store, ENZO)
    _add(store, replace(ENZO, coach="quentin"))

    def everyone(client: Client, coach: str) -> bool:
        return True

    assert store.db.write(enrolments.enrol_audience, store.vault, "vogl", "weekly", everyone, now=NOW) == 1
    assert [one.client_id for one in store.db.read(enrolments.enrolments)] == [here.id]


def test_an_account_does_not_move_to_another_practice_with_its_letters(store: Store) -> None:
    _second_practice(store)

    with pytest.raises(PermanentFailure, match='account "main" holds the letters of another practice'):
        store.db.write(accounts.seed_account, "main", "other", settings_digest="1", now=NOW)


# Accounts


def _smtp(store: Store) -> accounts.EndState:
    return store.db.read(accounts.end_state, "main", AccountEnd.SMTP)


def _trouble(store: Store, trouble: AccountTrouble) -> None:
    store.db.write(accounts.note_trouble, "main", AccountEnd.SMTP, trouble, now=NOW)


def test_a_new_account_may_be_tried_at_both_ends(store: Store) -> None:
    states = store.db.read(accounts.end_states)

    assert [(one.account, one.end) for one in states] == [("main", AccountEnd.IMAP), ("main", AccountEnd.SMTP)]
    assert all(one.is_open(NOW) for one in states)


def test_trouble_at_one_end_leaves_the_other_alone(store: Store) -> None:
    _trouble(store, AccountTrouble("daily limit", retry_seconds=3600))

    assert not _smtp(store).is_open(NOW + timedelta(seconds=3599))
    assert _smtp(store).is_open(NOW + timedelta(seconds=3600))
    assert _smtp(store).reason == "daily limit"
    assert store.db.read(accounts.end_state, "main", AccountEnd.IMAP).is_open(NOW)


def test_the_third_refused_login_waits_for_a_person(store: Store) -> None:
    refused = AccountTrouble("login refused", needs_person=True)

    waits = []
    for _ in range(3):
        _trouble(store, refused)
        waits.append(_smtp(store).needs_person)

    assert waits == [False, False, True]
    assert not _smtp(store).is_open(NOW + timedelta(days=365))


def test_a_login_that_worked_starts_the_count_again(store: Store) -> None:
    for _ in range(2):
        _trouble(store, AccountTrouble("login refused", needs_person=True))

    store.db.write(accounts.note_worked, "main", AccountEnd.SMTP, now=NOW)
    _trouble(store, AccountTrouble("login refused", needs_person=True))

    assert not _smtp(store).needs_person
    assert _smtp(store).worked_at == NOW


def test_trouble_that_passes_by_itself_is_no_refusal(store: Store) -> None:
    for _ in range(5):
        _trouble(store, AccountTrouble("the server is away"))

    assert not _smtp(store).needs_person


@pytest.mark.parametrize(("settings", "is_open"), [("1", False), ("2", True)])
def test_changed_settings_lift_a_pause_and_the_same_do_not(store: Store, settings: str, is_open: bool) -> None:
    for _ in range(3):
        _trouble(store, AccountTrouble("login refused", needs_person=True))

    store.db.write(accounts.seed_account, "main", "vogl", settings_digest=settings, now=NOW)

    assert _smtp(store).is_open(NOW + timedelta(days=1)) is is_open


def test_a_person_lifts_every_pause_at_once(store: Store) -> None:
    for _ in range(3):
        _trouble(store, AccountTrouble("login refused", needs_person=True))

    assert store.db.write(accounts.lift_pauses) == 1
    assert store.db.write(accounts.lift_pauses) == 0
    assert _smtp(store).is_open(NOW)
