"""Is this an e-mail address, and are two the same? Syntax only: no look-up of any kind, so it works without a network.

The one home of email-validator. Sources: RFC 5321 §2.4, §4.1.2, §4.5.3.1; RFC 5890 for names outside ASCII.
Left out on purpose: quoted local parts and addresses in [brackets], which no client has and many servers refuse.
Letters outside ASCII before the @ are for clients alone: only servers with SMTPUTF8 (RFC 6531) take them.
"""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email

MOST_LOCAL_OCTETS = 64  # RFC 5321 §4.5.3.1.1


def valid_address(text: str) -> str:
    """An address as it is kept: domain in lower case and ASCII, local part as written. ValueError says what is wrong.

    ```
    "Ana@Example.ORG"            "Ana@example.org"
    "ana@bücher.example.com"     "ana@xn--bcher-kva.example.com"
    ```
    """
    if not text.rpartition("@")[0].isascii():
        said = "the part before the @ has letters outside ASCII, which most mail servers refuse"
        raise ValueError(f'"{_shown(text)}" is no e-mail address: {said}')
    return client_address(text)


def client_address(text: str) -> str:
    """The same for a client, whose local part may have letters of one script outside ASCII (NFC); else ValueError.

    Letters of two scripts that look alike are a slip of the keyboard, or somebody's trick: "аna" with a Cyrillic "а".
    """
    if (reason := _common_mistake(text)) is not None:
        raise ValueError(f'"{_shown(text)}" is no e-mail address: {reason}')
    try:
        checked = validate_email(text, check_deliverability=False)
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        raise ValueError(f'"{_shown(text)}" is no e-mail address: {reason[:1].lower()}{reason[1:]}') from error
    return f"{checked.local_part}@{checked.ascii_domain}"


def address_key(address: str) -> str:
    """What two spellings of one mailbox have in common; for comparing, never for writing to. Takes rubbish too.

    Only a server knows whether capitals matter before the @ (RFC 5321 §2.4). In practice they never tell two people
    apart, while phones capitalise the first letter on their own: a client must not become a stranger by that.
    """
    try:
        return client_address(address.strip()).lower()
    except ValueError:
        return address.strip().lower()


def _common_mistake(text: str) -> str | None:
    local, at, domain = text.rpartition("@")
    mistakes = (
        (text != text.strip(), "there is a space before or after it"),
        ("<" in text, "write the address alone, without a name and without < >"),
        (not at or not local or not domain, "it needs a name, an @ and a domain, such as petra@example.org"),
        ("." not in domain, f'"{_shown(domain)}" is no whole domain; that has a dot in it, such as example.org'),
        (_is_mixed(local), "the part before the @ mixes letters of two alphabets that look alike; type it again"),
        (len(local) > MOST_LOCAL_OCTETS, f"the part before the @ is longer than {MOST_LOCAL_OCTETS} characters"),
        (
            _octets(local) > MOST_LOCAL_OCTETS,
            f"the part before the @ has more than {MOST_LOCAL_OCTETS} octets in UTF-8",
        ),
    )
    return next((said for made, said in mistakes if made), None)


def _is_mixed(local: str) -> bool:
    """Whether Latin, Greek and Cyrillic letters stand side by side."""
    scripts = {unicodedata.name(one, "").partition(" ")[0] for one in local if one.isalpha()}
    return len(scripts & {"LATIN", "GREEK", "CYRILLIC"}) > 1


def _octets(local: str) -> int:
    return len(local.encode("utf-8", "replace"))


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
