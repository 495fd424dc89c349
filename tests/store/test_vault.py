"""Who can read what, and what destroying a key means."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from mailer.errors import PermanentFailure
from mailer.store.vault import KeyGone, Vault
from tests.stores import MASTER, NOW, Store


def test_a_sealed_value_opens_with_its_key_in_its_place(store: Store) -> None:
    key = store.vault.make_key("client", str(uuid4()), now=NOW)

    sealed = store.vault.seal(key, "Zwei gute Morgen 🌄", place="entries.text:1")

    assert store.vault.read(sealed, place="entries.text:1") == "Zwei gute Morgen 🌄"
    assert b"Morgen" not in sealed


def test_a_sealed_value_moved_to_another_row_does_not_open(store: Store) -> None:
    key = store.vault.make_key("client", str(uuid4()), now=NOW)
    sealed = store.vault.seal(key, "mine", place="entries.text:1")

    with pytest.raises(PermanentFailure, match="altered"):
        store.vault.read(sealed, place="entries.text:2")


@pytest.mark.parametrize("position", [17, 30, -1])
def test_a_changed_byte_does_not_open(store: Store, position: int) -> None:
    key = store.vault.make_key("client", str(uuid4()), now=NOW)
    sealed = bytearray(store.vault.seal(key, "mine", place="p"))
    sealed[position] ^= 1

    with pytest.raises(PermanentFailure):
        store.vault.read(bytes(sealed), place="p")


def test_one_owner_has_one_key_whoever_asks(store: Store) -> None:
    other = Vault(store.key_db, MASTER)

    assert store.vault.make_key("client", "a", now=NOW) == other.make_key("client", "a", now=NOW)
    assert store.vault.make_key("client", "a", now=NOW) != store.vault.make_key("client", "b", now=NOW)


def test_destroying_a_key_erases_what_it_sealed(store: Store) -> None:
    key = store.vault.make_key("client", "a", now=NOW)
    sealed = store.vault.seal(key, "gone", place="p")

    store.vault.destroy_key("client", "a")

    with pytest.raises(KeyGone):
        store.vault.read(sealed, place="p")
    with pytest.raises(KeyGone):
        Vault(store.key_db, MASTER).read(sealed, place="p")


def test_another_master_key_opens_nothing_and_says_so(store: Store) -> None:
    store.vault.make_key("client", "a", now=NOW)

    with pytest.raises(PermanentFailure, match="put back the master key"):
        Vault(store.key_db, bytes(32)).secret("client", "a", now=NOW)


def test_a_short_master_key_is_refused(store: Store) -> None:
    with pytest.raises(PermanentFailure, match="32 bytes"):
        Vault(store.key_db, b"short")


def test_look_ups_meet_only_for_the_same_purpose_and_text(store: Store) -> None:
    vault = store.vault

    assert vault.look_up("address", "a@example.org") == vault.look_up("address", "a@example.org")
    assert vault.look_up("address", "a@example.org") != vault.look_up("client", "a@example.org")
    assert vault.look_up("address", "a@example.org") != vault.look_up("address", "b@example.org")


def test_each_day_has_its_own_intake_key(store: Store) -> None:
    first = store.vault.intake_key(date(2027, 3, 1), now=NOW)

    assert store.vault.intake_key(date(2027, 3, 1), now=NOW) == first
    assert store.vault.intake_key(date(2027, 3, 2), now=NOW) != first


def test_no_private_word_stands_in_the_database_files(sqlite_store: Store) -> None:
    sqlite_store.add_client("dana", address="dana.reis@secret.example.org")
    path = sqlite_store.db.url.database or ""

    on_disk = b"".join(one.read_bytes() for one in Path(path).parent.glob("*.db*"))

    assert b"clients" in on_disk
    for private in (b"Dana", b"dana", b"secret.example.org", b"Petra"):
        assert private not in on_disk
