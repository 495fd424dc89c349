"""How is a digest shown: as text, as HTML, on a terminal?"""

from __future__ import annotations

from mailer.digest.as_html import as_html
from mailer.digest.as_text import as_text
from mailer.digest.layout import lay_out
from mailer.digest.opening import subject
from mailer.digest.parts import Digest
from mailer.digest.wording import phrases


def render_text(digest: Digest) -> str:
    """The plain part of the mail, lines ending in LF."""
    return as_text(lay_out(digest), words=phrases(digest.language))


def render_html(digest: Digest) -> str:
    """The HTML part of the mail: the same words as the text."""
    return as_html(lay_out(digest), title=subject(digest), words=phrases(digest.language))


def terminal(digest: Digest) -> str:
    """What a person sees who asks for the digest at a prompt: the text as it is mailed."""
    return render_text(digest)
