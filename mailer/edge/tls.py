"""How is a connection to a mail server protected?

By a certificate that is verified for the very host the account names, over TLS 1.2 or later (RFC 8314 §3, RFC 8996).
There is no way to leave the check out: people who were offered one switched it off and forgot. A practice with an
authority of its own names its PEM in `ca_file`. A plain connection is for loopback addresses only.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl

from mailer.errors import AccountTrouble
from mailer.model.places import Security, Server


def client_context(server: Server) -> ssl.SSLContext:
    """A context that trusts the system's authorities and the server's `ca_file`, and nothing unverified.

    Reads files: build it once for each server. Raises AccountTrouble where `ca_file` cannot be used.
    """
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if server.ca_file is not None:
        try:
            context.load_verify_locations(cafile=server.ca_file)
        except ssl.SSLError as error:  # an OSError too, so it comes first
            reason = f"{server.ca_file}: holds no certificate authority; ca_file wants PEM"
            raise AccountTrouble(reason, needs_person=True) from error
        except OSError as error:
            reason = f"{server.ca_file}: {error.strerror or 'cannot be read'}; ca_file must be a readable PEM file"
            raise AccountTrouble(reason, needs_person=True) from error
    return context


def tls_version(transport: asyncio.BaseTransport | None) -> str:
    """What a connection is encrypted with: "TLS 1.3"; "" where it is plain."""
    found = transport.get_extra_info("ssl_object") if transport is not None else None
    version = found.version() if isinstance(found, ssl.SSLObject) else None
    return (version or "").replace("TLSv", "TLS ")


def require_loopback(server: Server) -> None:
    """Raises AccountTrouble for a server that would be spoken to in plain text over a network."""
    if server.security is Security.NONE and not _is_loopback(server.host):
        reason = f'{server.host}:{server.port}: security = "none" is for this machine only; write "tls" or "starttls"'
        raise AccountTrouble(reason, needs_person=True)


def certificate_trouble(server: Server, error: ssl.SSLCertVerificationError) -> AccountTrouble:
    """What to tell a person whose server showed a certificate that does not hold."""
    reason = (
        f"{server.host}:{server.port}: certificate not accepted ({error.verify_message.rstrip('.')}); nothing was"
        " sent and no login was tried; correct the host, renew the certificate, or name its authority in ca_file"
    )
    return AccountTrouble(reason, needs_person=True)


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
