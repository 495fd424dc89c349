"""Alembic's entry for the data."""

from mailer.store.migrate import run_steps
from mailer.store.schema import meta

run_steps(meta)
