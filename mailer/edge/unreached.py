"""Why was there no connection? In words, with what to do about it, for SMTP and IMAP alike."""

from __future__ import annotations

import errno
import socket

_AWAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}


def why_unreached(error: OSError) -> str:
    """The reason a connection failed: what the system says, where there is nothing plainer to say."""
    match error:
        case socket.gaierror():
            return "the name of the host is not known; check host, or the network of this machine"
        case ConnectionRefusedError():
            return "nothing answers there; check host and port, or wait until the server is back"
        case OSError() if error.errno in _AWAY:
            return "the network does not reach it; check the network of this machine"
        case _:
            return error.strerror or str(error)
