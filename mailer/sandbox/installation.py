"""What does the demo run on? On an installation like any other, in a folder that is gone afterwards.

It has a config.toml, a master key, two schedules (one of the shipped ones, one of its own) and the shipped templates,
and goes the way an operator goes: configuration, migration, clients. Only the servers are the sandbox's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from mailer.config import Settings, load_config
from mailer.defaults import shipped
from mailer.engine.opening import migrate_all, open_office
from mailer.flow.office import Office
from mailer.sandbox.people import ACCOUNT, CAST, COACH, COACH_ZONE
from mailer.sandbox.post_office import PostOffice
from mailer.secrets import MASTER_KEY_BYTES, write_master_key
from mailer.store import clients

DIGEST_AT = "07:00"
SCHEDULES = (Path(__file__).with_name("week-ahead.toml"), shipped("schedules") / "weekly-checkin.toml")
_PASSWORD = "SANDBOX_PASSWORD"  # noqa: S105 - the name of a variable
_CONFIG = """
[[practice]]
id = "vogl"
title = "Vogl Coaching"

[[coach]]
id = "petra"
name = "{coach.name}"
email = "{coach.address}"
zone = "{zone}"
digest_at = "{digest_at}"

[[account]]
id = "main"
address = "{account}"

[account.smtp]
host = "{smtp.host}"
port = {smtp.port}
security = "none"

[account.imap]
host = "{imap.host}"
port = {imap.port}
security = "none"
password_env = "{password}"
"""


@contextmanager
def open_installation(post_office: PostOffice, *, now: datetime) -> Iterator[Office]:
    """An office whose clients are the cast, in a folder of its own that goes with it."""
    with TemporaryDirectory(prefix="between-sessions-") as folder:
        settings = _settle(Path(folder), post_office)
        migrate_all(settings)
        with open_office(settings, now=now) as (office, _):
            for person in CAST:
                office.db.write(clients.add_client, office.vault, person.new, now=now)
            yield office


def _settle(folder: Path, post_office: PostOffice) -> Settings:
    """Writes the files of an installation and reads them back."""
    imap = post_office.mailboxes[ACCOUNT]
    config = folder / "config.toml"
    config.write_text(
        _CONFIG.format(
            coach=COACH, zone=COACH_ZONE, digest_at=DIGEST_AT, account=ACCOUNT, smtp=post_office.smtp, imap=imap,
            password=_PASSWORD,
        ),
        "utf-8",
    )  # fmt: skip
    write_master_key(folder / "master.key", os.urandom(MASTER_KEY_BYTES))
    (folder / "schedules").mkdir()
    for schedule in SCHEDULES:
        shutil.copy(schedule, folder / "schedules")
    return load_config(config, env={_PASSWORD: imap.password.reveal() if imap.password else ""})
