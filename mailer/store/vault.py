"""Who can read what: every private field is sealed under the key of the person it belongs to.

    master key (outside both databases: file, environment or keyring)
      wraps each person's key, the daily intake keys, the look-up key and the token key   -> key store
        a person's key seals fields: names, addresses, subjects, bodies, answers          -> data
        an intake key wraps the data keys of letters nobody has looked at yet             -> data

AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces; the place a value stands in ("clients.name:<row>") is
authenticated with it, so a sealed value moved to another row does not open. Destroying a key erases all it sealed.
Look-ups (addresses, ids, slugs) are HMAC-SHA256 under a key of their own.
"""

from __future__ import annotations

import hmac
import os
import threading
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, select

from mailer.errors import PermanentFailure
from mailer.store import schema
from mailer.store.columns import new_id
from mailer.store.database import Database
from mailer.store.rows import insert_new

VERSION = b"\x01"
NONCE_BYTES = 12


class KeyGone(PermanentFailure):
    """The key was destroyed: what it sealed is erased."""


class Vault:
    """Opens and seals. Keeps opened keys in memory; the key store and the master key decide what can be opened."""

    def __init__(self, key_store: Database, master: bytes) -> None:
        if len(master) != 32:
            raise PermanentFailure("the master key must be 32 bytes; `mailer init` makes one")
        self._store = key_store
        self._master = AESGCM(master)
        self._opened: dict[UUID, AESGCM] = {}
        self._ids: dict[tuple[str, str], UUID] = {}
        self._raw: dict[UUID, bytes] = {}
        self._lock = threading.Lock()

    # Keys

    def make_key(self, kind: str, owner: str, *, now: datetime) -> UUID:
        """The id of the owner's key, made if there is none; safe against another process doing the same."""
        known = self._find(kind, owner)
        if known:
            return known
        identity, secret = new_id(now), os.urandom(32)
        row = {"id": identity, "kind": kind, "owner": owner, "made_at": now, "wrapped": self._wrap(identity, secret)}
        self._store.write(insert_new, schema.keys, row)
        found = self._find(kind, owner)
        if found is None:
            raise KeyGone(f"the {kind} key was destroyed while it was being made")
        return found

    def destroy_key(self, kind: str, owner: str) -> None:
        """Erases everything the owner's key sealed, here and in every backup made without the key store."""
        self._store.write(_delete_key, kind, owner)
        self._store.empty_log()
        with self._lock:
            identity = self._ids.pop((kind, owner), None)
            if identity:
                self._opened.pop(identity, None)
                self._raw.pop(identity, None)

    def owners(self, kind: str) -> list[str]:
        """Whose keys of this kind there are, oldest first."""
        return self._store.read(_owners, kind)

    def intake_key(self, day: date, *, now: datetime) -> UUID:
        """The key for letters that arrive on this UTC day and belong to nobody yet."""
        return self.make_key("intake", day.isoformat(), now=now)

    def secret(self, kind: str, owner: str, *, now: datetime) -> bytes:
        """A random secret kept like a key: for look-ups and tokens."""
        return self._reveal(self.make_key(kind, owner, now=now))

    def warm(self, keys: Iterable[UUID]) -> None:
        """Reads the keys that are not in memory yet, all at once: one by one, each costs a question of its own."""
        with self._lock:
            unread = [key for key in set(keys) if key not in self._raw]
        if unread:
            found = {key: self._unwrap(key, wrapped) for key, wrapped in self._store.read(_wrapped_all, unread)}
            with self._lock:
                self._raw |= found

    # Sealing

    def seal(self, key: UUID, plain: str | bytes, *, place: str) -> bytes:
        """The value, readable only with this key and only in this place."""
        data = plain.encode("utf-8", "replace") if isinstance(plain, str) else plain
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + key.bytes + nonce + self._cipher(key).encrypt(nonce, data, place.encode())

    def open(self, value: bytes, *, place: str) -> bytes:
        """What was sealed. KeyGone when its key was destroyed, PermanentFailure when it was tampered with."""
        value = bytes(value)
        key, nonce, body = UUID(bytes=value[1:17]), value[17 : 17 + NONCE_BYTES], value[17 + NONCE_BYTES :]
        try:
            return self._cipher(key).decrypt(nonce, body, place.encode())
        except InvalidTag:
            raise PermanentFailure(
                f"{place.split(':', maxsplit=1)[0]}: the stored value does not open; it was altered"
            ) from None

    def read(self, value: bytes, *, place: str) -> str:
        """What was sealed, as text."""
        return self.open(value, place=place).decode()

    def key_of(self, value: bytes) -> UUID:
        """The key a value is sealed under."""
        return UUID(bytes=bytes(value)[1:17])

    def look_up(self, purpose: str, text: str | bytes) -> bytes:
        """The keyed digest by which a value can be found again; purposes do not meet."""
        data = text.encode("utf-8", "replace") if isinstance(text, str) else text
        return hmac.digest(self._lookup_secret, purpose.encode() + b"\0" + data, sha256)

    # Inside

    def prepare(self, *, now: datetime) -> None:
        """Makes the installation's own secrets; called once at start."""
        self._lookup_secret = self.secret("look-up", "installation", now=now)

    def _find(self, kind: str, owner: str) -> UUID | None:
        with self._lock:
            if (kind, owner) in self._ids:
                return self._ids[kind, owner]
        identity = self._store.read(_key_id, kind, owner)
        if identity:
            with self._lock:
                self._ids[kind, owner] = identity
        return identity

    def _cipher(self, key: UUID) -> AESGCM:
        with self._lock:
            known = self._opened.get(key)
        if known:
            return known
        cipher = AESGCM(self._reveal(key))
        with self._lock:
            self._opened[key] = cipher
        return cipher

    def _reveal(self, key: UUID) -> bytes:
        with self._lock:
            if key in self._raw:
                return self._raw[key]
        wrapped = self._store.read(_wrapped, key)
        if wrapped is None:
            raise KeyGone("the key was destroyed: what it sealed is erased")
        secret = self._unwrap(key, wrapped)
        with self._lock:
            self._raw[key] = secret
        return secret

    def _wrap(self, key: UUID, secret: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._master.encrypt(nonce, secret, key.bytes)

    def _unwrap(self, key: UUID, wrapped: bytes) -> bytes:
        try:
            return self._master.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key.bytes)
        except InvalidTag:
            raise PermanentFailure(
                "the master key does not open the key store; put back the master key this store was made with"
            ) from None


def address_digest(vault: Vault, address: str) -> bytes:
    """By what an address is found: the domain's case does not matter, nor the local part's (few hosts keep it)."""
    return vault.look_up("address", address.strip().casefold())


def _key_id(conn: Connection, kind: str, owner: str) -> UUID | None:
    return conn.scalar(select(schema.keys.c.id).where(schema.keys.c.kind == kind, schema.keys.c.owner == owner))


def _wrapped(conn: Connection, key: UUID) -> bytes | None:
    return conn.scalar(select(schema.keys.c.wrapped).where(schema.keys.c.id == key))


def _wrapped_all(conn: Connection, keys: list[UUID]) -> list[tuple[UUID, bytes]]:
    k = schema.keys.c
    return [(key, wrapped) for key, wrapped in conn.execute(select(k.id, k.wrapped).where(k.id.in_(keys)))]


def _owners(conn: Connection, kind: str) -> list[str]:
    return list(conn.scalars(select(schema.keys.c.owner).where(schema.keys.c.kind == kind).order_by(schema.keys.c.id)))


def _delete_key(conn: Connection, kind: str, owner: str) -> None:
    conn.execute(delete(schema.keys).where(schema.keys.c.kind == kind, schema.keys.c.owner == owner))
