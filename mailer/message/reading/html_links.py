"""Which links and images of an HTML letter are worth a word in its text?"""

from __future__ import annotations

import re
from collections.abc import Callable
from posixpath import basename

_WORTH = re.compile(r"https?://|mailto:|ftp://", re.IGNORECASE)
_LONGEST = 500  # characters; longer targets are tracking


def link_target(href: str) -> str:
    """The address a reader would want to see, "" for anchors, scripts and parts of the letter itself."""
    target = "".join(href.split())
    return target if _WORTH.match(target) and len(target) <= _LONGEST else ""


def image_words(attribute: Callable[[str], str]) -> str:
    """The image by its description or file name; an emoji drawn as a picture as itself; nothing for spacers."""
    alt = " ".join(attribute("alt").split())
    if alt and len(alt) <= 8 and not alt.isascii():
        return alt
    if attribute("width") in ("0", "1") or attribute("height") in ("0", "1"):
        return ""
    source = attribute("src")
    name = alt or ("" if source.startswith(("data:", "cid:")) else basename(source.partition("?")[0]))
    if name:
        return f"[image: {name[:100]}]"
    return "[image]" if source.startswith(("cid:", "data:")) else ""
