"""Secrets: read from where an operator keeps them, and what this program keeps itself.

sources.py       passwords and client secrets: from the environment, a file or the keyring
master.py        the key that opens all other keys
grants.py        what an OAuth login left, replaced each time it is renewed
private_file.py  a file that only its owner can read
drawer.py        the system's keyring

Nothing of it ever stands in config.toml, which is shown, copied and put under version control.
"""

from mailer.secrets.grants import grants_of
from mailer.secrets.master import MASTER_KEY_BYTES, load_master_key, master_bytes, write_master_key
from mailer.secrets.sources import SecretSource, read_secret, three_ways

__all__ = [
    "MASTER_KEY_BYTES",
    "SecretSource",
    "grants_of",
    "load_master_key",
    "master_bytes",
    "read_secret",
    "three_ways",
    "write_master_key",
]
