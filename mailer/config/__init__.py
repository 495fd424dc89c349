"""config.toml, read whole: the deployment as frozen Settings, or every problem at once.

tables.py      what the file may hold, with every default and limit
providers.py   servers of well-known mail providers
accounts.py    from an account's table to servers, with its secrets
quiet.py       when no letters go
references.py  ids: used once, and named only where they exist
settings.py    what the program gets
load.py        the whole, in that order
"""

from mailer.config.load import json_schema, load_config
from mailer.config.settings import CoachSettings, EngineSettings, Limits, PracticeSettings, Settings

__all__ = [
    "CoachSettings",
    "EngineSettings",
    "Limits",
    "PracticeSettings",
    "Settings",
    "json_schema",
    "load_config",
]
