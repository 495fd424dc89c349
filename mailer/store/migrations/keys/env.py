"""Alembic's entry for the key store."""

from mailer.store.migrate import run_steps
from mailer.store.schema import key_meta

run_steps(key_meta)
