"""Which parts of a letter are its text, and which are attachments?

Sources: RFC 2046 §5.1 (mixed, alternative), RFC 2387 (related), RFC 1847 (signed), RFC 3462 (report), RFC 3676
(flowed), RFC 9580 §7 (clear-signed text). The plain text counts where it says something; a blank one, or one that
only asks for a program that shows HTML, gives way to the HTML. Text parts side by side are joined in their order
(Apple Mail writes text, picture, text). A letter inside a letter is an attachment, named by its subject.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailer.message.reading.clean import clean_text
from mailer.message.reading.decoded_words import decoded
from mailer.message.reading.filenames import safe_name
from mailer.message.reading.flowed import unflowed
from mailer.message.reading.headers import header_block
from mailer.message.reading.html_text import html_to_text
from mailer.message.reading.mime import Part, read_parts, with_bare_line_ends
from mailer.message.reading.rtf_text import decompressed, rtf_to_text
from mailer.message.reading.smime import signed_content
from mailer.message.reading.tnef import Tnef, read_tnef
from mailer.model.incoming import Attachment

_READ_AS_TEXT = frozenset({"text/plain", "text/markdown", "text/enriched", "text/richtext", "text/x-markdown"})
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ENRICHED_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,60}>")
_WANTS_HTML = re.compile(r"html", re.IGNORECASE)
_SIGNED_TEXT = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]+: [^\n]*\n)*\n(.*?)\n-----BEGIN PGP SIGNATURE-----"
    r".*?(?:-----END PGP SIGNATURE-----\n?|\Z)",
    re.DOTALL,
)
_LONGEST_STUB = 400  # characters of a plain part that only points at the HTML


@dataclass(slots=True)
class Body:
    """What was gathered from the parts, in reading order."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)  # in order, each once
    was_unsealed: bool = False  # a signed letter was opened; seals inside seals stay closed

    def note(self, words: str) -> None:
        """Remembers what was odd."""
        self.notes.setdefault(words)


def read_body(root: Part) -> Body:
    """Text, HTML and attachments of a letter."""
    body = Body()
    _take(body, root)
    if not any(text.strip() for text in body.texts):
        _rescue_text(body, root)
    return body


def _take(body: Body, part: Part) -> None:
    if part.is_cut:
        body.note("too many parts inside one another: some are kept unread")
        _attach(body, part)
    elif part.content_type == "multipart/alternative" and part.children:
        _take_alternative(body, part)
    elif part.content_type == "multipart/related" and part.children:
        _take_related(body, part)
    elif part.content_type == "multipart/encrypted":
        body.note("encrypted (PGP): the text cannot be read")
        for child in part.children:
            _attach(body, child)
    elif part.children:
        _take_mixed(body, part)
    else:
        _take_leaf(body, part)


def _take_mixed(body: Body, part: Part) -> None:
    for child in part.children:
        if child.content_type in _SIGNATURES and part.content_type == "multipart/signed":
            continue
        if part.content_type == "multipart/appledouble" and child.content_type == "application/applefile":
            continue
        if child.content_type == "text/html" and _says_the_same(body, child):
            continue
        _take(body, child)


def _says_the_same(body: Body, part: Part) -> bool:
    """Whether an HTML part repeats the plain part before it: some programs write mixed for alternative."""
    if not body.texts or part.disposition == "attachment":
        return False
    source = _decoded(body, part)
    wanted, said = body.texts[-1].split(), html_to_text(source).split()
    if not wanted or wanted[:20] != said[:20]:
        return False
    body.htmls.append(source)
    return True


def _take_related(body: Body, part: Part) -> None:
    """The root (the part `start` names, else the first) and the pictures it shows."""
    start = part.parameters.get("start", "").strip("<>")
    root = next((child for child in part.children if start and start in decoded(child.block.first("content-id"))), None)
    root = root or part.children[0]
    _take(body, root)
    for child in part.children:
        if child is not root:
            _attach(body, child)


def _take_alternative(body: Body, part: Part) -> None:
    """One text out of several versions; what only one version carries (pictures, invitations) is kept beside it."""
    inner: list[Body] = []
    for child in part.children:
        found = Body(was_unsealed=body.was_unsealed)
        _take(found, child)
        inner.append(found)
    plain = next((one for one in inner if one.texts and not one.htmls), None)
    rich = next((one for one in reversed(inner) if one.htmls), None)
    chosen = plain if plain is not None and not _is_stub(plain, rich) else rich or plain
    if chosen is not None:
        body.texts += chosen.texts
        body.htmls += (rich or chosen).htmls
    for one in inner:
        body.attachments += one.attachments
        body.notes.update(one.notes)


def _is_stub(plain: Body, rich: Body | None) -> bool:
    said = "\n".join(plain.texts).strip()
    if rich is None or not "".join(rich.texts).strip():
        return False
    return not said or (len(said) <= _LONGEST_STUB and _WANTS_HTML.search(said) is not None
                        and len("".join(rich.texts)) > 2 * len(said))  # fmt: skip


def _take_leaf(body: Body, part: Part) -> None:
    content_type = part.content_type
    if content_type == "application/ms-tnef" or part.filename.lower() == "winmail.dat":
        _take_tnef(body, part)
    elif content_type in _SEALED or part.filename.lower() == "smime.p7m":
        _take_sealed(body, part)
    elif content_type in _READ_AS_TEXT and not _is_attached(part):
        body.texts.append(_plain_text(body, part))
    elif content_type == "text/html" and not _is_attached(part):
        source = _decoded(body, part)
        body.htmls.append(source)
        body.texts.append(clean_text(html_to_text(source)))
    elif content_type != "text/x-amp-html":
        _attach(body, part)


def _is_attached(part: Part) -> bool:
    """A text part that is a file: it says so, or has a name (Apple Mail sends text files inline)."""
    return part.disposition == "attachment" or bool(part.filename)


def _decoded(body: Body, part: Part) -> str:
    found = part.text()
    if found.guessed:
        body.note(f"charset guessed: {found.guessed.replace('cp125', 'windows-125')}")
    return clean_text(found.text)


def _plain_text(body: Body, part: Part) -> str:
    text = _decoded(body, part)
    if part.content_type in ("text/enriched", "text/richtext"):
        return _ENRICHED_TAG.sub("", text.replace("\n\n", "\n"))
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    if "-----BEGIN PGP" in text:
        text = _opened_armour(body, text)
    return text


def _opened_armour(body: Body, text: str) -> str:
    """Clear-signed text without its armour; an encrypted one stays and is noted."""
    if "-----BEGIN PGP MESSAGE-----" in text:
        body.note("encrypted (PGP): the text cannot be read")
    if "-----BEGIN PGP SIGNED MESSAGE-----" not in text or "-----BEGIN PGP SIGNATURE-----" not in text:
        return text
    end = text.rfind("-----BEGIN PGP SIGNATURE-----")
    start = text.find("-----BEGIN PGP SIGNED MESSAGE-----")
    opened = _SIGNED_TEXT.sub(lambda match: match.group(1).replace("\n- ", "\n"), text[start:]) if start < end else text
    return text[:start] + opened


def _take_tnef(body: Body, part: Part) -> None:
    found = read_tnef(part.content)
    if found is None:
        body.note("unreadable Outlook format: the letter is kept as it came")
        _attach(body, part)
        return
    text = _tnef_text(found)
    if text and not any(one.strip() for one in body.texts):
        body.texts.append(text)
        body.htmls += [clean_text(found.html)] if found.html else []
    elif not text and not found.files:
        body.note("unreadable Outlook format: the letter is kept as it came")
        _attach(body, part)
    for file in found.files:
        name = safe_name(file.name, content_type="application/octet-stream")
        body.attachments.append(_attachment(name, "application/octet-stream", file.content))


def _tnef_text(found: Tnef) -> str:
    text = found.text.strip() or (html_to_text(found.html) if found.html else "")
    return clean_text(text or rtf_to_text(decompressed(found.rtf)))


def _take_sealed(body: Body, part: Part) -> None:
    """S/MIME in one piece: signed content lies open inside, encrypted content does not."""
    inner = signed_content(part.content)
    if inner is None or body.was_unsealed:
        body.note("encrypted (S/MIME): the text cannot be read")
        _attach(body, part)
        return
    body.was_unsealed = True
    _take(body, read_parts(with_bare_line_ends(inner)))


def _attach(body: Body, part: Part) -> None:
    content_type = part.content_type
    if content_type in ("message/rfc822", "message/global"):
        content = part.content
        subject = decoded(header_block(content, 0, len(content)).first("subject"))
        name = safe_name(f"{subject}.eml" if subject else part.filename, content_type=content_type)
    else:
        content = part.raw_body if part.is_cut else part.content
        name = safe_name(part.filename, content_type=content_type)
    body.attachments.append(_attachment(name, content_type, content))


def _attachment(name: str, content_type: str, content: bytes) -> Attachment:
    return Attachment(name=name, content_type=content_type, size=len(content), content=content)


def _rescue_text(body: Body, root: Part) -> None:
    """A letter without text: one that was sent as an attached, nameless text part has it there."""
    for part in root.walk():
        if part.content_type in _READ_AS_TEXT and not part.filename and not part.children and part.disposition:
            body.texts.append(_plain_text(body, part))
