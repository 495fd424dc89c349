"""What of a foreign text may be shown beside other text?

All words; but no control characters, and none of the signs that steer reading direction across their own line
(Unicode TR9: embeddings, overrides, isolates), so that no letter can reorder or hide what stands next to it.
Direction marks, joiners and accents stay: Arabic, Hebrew, Persian and emoji need them.
"""

from __future__ import annotations

import re

_STEERING_SIGNS = re.compile("[\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufeff\ufff9-\ufffb]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def plain(text: str) -> str:
    """The text with its lines and words, without anything that acts on its surroundings."""
    return _CONTROLS.sub("", _STEERING_SIGNS.sub("", _LINE_ENDS.sub("\n", text)))


def one_line(text: str, *, longest: int = 0) -> str:
    """The same on one line, cut with an ellipsis after `longest` characters (0: never)."""
    line = " ".join(plain(text).split())
    return line if not longest or len(line) <= longest else line[: longest - 1].rstrip() + "…"
