"""Under which name may an attachment be shown or saved?

A name in a letter is the sender's text, never a path: folders, drive letters, device names of Windows, controls and
marks that turn the writing direction ("fdp.exe" shown as "exe.pdf") are taken away, and the ending is kept when it
is cut.
"""

from __future__ import annotations

import re

from mailer.message.reading.clean import squeezed

LONGEST_NAME = 120  # characters
_LONGEST_BYTES = 240  # file systems take 255

_SEPARATORS = re.compile(r"[/\\]+")
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]+')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_ENDINGS = {
    "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "message/rfc822": ".eml", "image/jpeg": ".jpg",
    "image/png": ".png", "image/gif": ".gif", "image/heic": ".heic", "application/pdf": ".pdf", "audio/mpeg": ".mp3",
    "text/vcard": ".vcf", "text/x-vcard": ".vcf", "audio/mp4": ".m4a", "video/mp4": ".mp4",
}  # fmt: skip


def safe_name(said: str, *, content_type: str) -> str:
    """A file name for a part: as it says, made harmless; by its type where it says nothing."""
    last = _SEPARATORS.split(squeezed(said[:2000]))[-1]
    name = squeezed(_FORBIDDEN.sub("_", last)).strip(" .")
    if not name.strip("_"):
        return f"{_by_type(content_type)}{_ENDINGS.get(content_type, '')}"
    if _DEVICE.match(name):
        name = f"_{name}"
    return _shortened(name)


def _by_type(content_type: str) -> str:
    family = content_type.partition("/")[0]
    return {"image": "picture", "audio": "sound", "video": "film", "text": "text", "message": "letter"}.get(
        family, "file"
    )


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME and len(name.encode()) <= _LONGEST_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or not 0 < len(ending) <= 12 or not ending.isascii():
        stem, ending = name, ""
    ending = f".{ending}" if ending else ""
    stem = stem[: LONGEST_NAME - len(ending)]
    stem = stem.encode()[: _LONGEST_BYTES - len(ending)].decode("utf-8", "ignore")
    return stem.rstrip(" .") + ending
