"""How do bytes become text when the label may be wrong?

The chain: the label, its likely meaning where it is misspelt ("uft-8", "cp-850"), UTF-8, then a guess. Programs that
say ISO-8859-1 mean windows-1252 (as browsers read it), gb2312 is gb18030, ks_c_5601 is cp949. Text that is whole
UTF-8 with letters outside ASCII is UTF-8 whatever its label says: by chance that does not happen. charset-normalizer
is asked only where neither the label nor UTF-8 fits and most of the text is outside ASCII, so that the answer is an
alphabet, not an accent. Sources: RFC 2978 names, the WHATWG encoding standard for the aliases.
"""

from __future__ import annotations

import codecs
import functools
import re
from dataclasses import dataclass

_SAMPLE = 20_000  # bytes looked at for a guess
_LAST_RESORT = "windows-1252"
_ALIASES = {
    "uft-8": "utf-8", "utf": "utf-8", "utf-8-sig": "utf-8", "unicode-1-1-utf-8": "utf-8", "utf-8n": "utf-8",
    "iso-8859-1": "windows-1252", "latin1": "windows-1252", "latin-1": "windows-1252", "l1": "windows-1252",
    "ansi": "windows-1252", "ascii": "us-ascii", "ansi-x3.4-1968": "us-ascii", "7bit": "us-ascii",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb-2312": "gb18030", "big5": "big5hkscs",
    "ks-c-5601-1987": "cp949", "ks-c-5601": "cp949", "euc-kr": "cp949", "x-windows-949": "cp949",
    "x-sjis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "iso-2022-jp": "iso2022_jp_ext", "x-euc-jp": "euc-jp",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-9": "windows-1254", "tis-620": "cp874",
    "iso-8859-11": "cp874", "windows-874": "cp874", "macintosh": "mac-roman", "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic", "koi8": "koi8-r", "koi": "koi8-r", "x-koi8-r": "koi8-r",
}  # fmt: skip
_NUMBERED = re.compile(r"(?:x-)?(cp|ibm|win|windows|iso|iso-?8859|dos)-?(\d{1,5})(?:-(\d{1,2}))?")
# Only codecs that turn bytes into the letters of a language: Python has others (idna, punycode, unicode_escape) that
# are slow, or read program text. UTF-7 stays out as nothing sends it but attacks.
_KNOWN = re.compile(
    r"utf-(8|16|32)(-[bl]e)?|ascii|iso8859-\d+|cp\d+|windows-\d+|koi8-[rtu]|mac-\w+|big5\w*|gb\w+|euc_\w+|shift_\w+"
    r"|iso2022_\w+|johab|hz|tis-620|kz1048|ptcp154|hp-roman8"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and, where its label did not serve, the charset it was read in."""

    text: str
    guessed: str = ""


def decode_text(data: bytes, charset: str) -> Decoded:
    """The text of `data`; never fails. `charset` is the label as found, "" where there is none."""
    if data.isascii() and b"\x1b" not in data and not charset.lower().startswith(("utf-16", "utf-32", "utf16", "hz")):
        return Decoded(data.decode("ascii"), "" if codec_named(charset) or not charset.strip() else "utf-8")
    codec = codec_named(charset)
    if codec.startswith(("utf-16", "utf-32")) and b"\0" not in data:
        codec = ""
    if codec not in ("", "ascii", "utf-8"):
        return _labelled(data, codec)
    if (text := _strict(data, "utf-8")) is not None:
        return Decoded(_without_mark(text), "" if codec or not charset.strip() else "utf-8")
    return _guess(data)


@functools.lru_cache(maxsize=256)
def codec_named(charset: str) -> str:
    """Python's name of a charset label, mended where the meaning is plain; "" where it is not known."""
    words = charset.strip(" \t\"'").lower().replace("_", "-").removeprefix("charset=").strip("\"'").split()
    name = words[0].strip("\"',;") if words else ""
    name = name.partition("*")[0]
    for candidate in (_ALIASES.get(name, ""), name, _numbered(name)):
        try:
            found = codecs.lookup(candidate).name
        except (LookupError, ValueError, UnicodeError):
            continue
        if _KNOWN.fullmatch(found):
            return found
    return ""


def _numbered(name: str) -> str:
    """Spellings with a number: cp-850, win-1251, iso88591, iso-8859-15."""
    match = _NUMBERED.match(name)
    if match is None:
        return ""
    family, number, part = match.groups()
    if family.startswith("iso"):
        digits = f"{number}{part or ''}".removeprefix("8859")
        return _ALIASES.get(f"iso-8859-{digits}", f"iso-8859-{digits}")
    return f"cp{number}"


def _labelled(data: bytes, codec: str) -> Decoded:
    if codec.startswith(("cp125", "iso8859", "koi8", "mac")) and _is_surely_utf8(data):
        return Decoded(_without_mark(data.decode("utf-8")), "utf-8")
    text = _strict(data, codec)
    if text is not None:
        return Decoded(_without_mark(text))
    if (text := _strict(data, "utf-8")) is not None:
        return Decoded(_without_mark(text), "utf-8")
    return Decoded(_without_mark(data.decode(codec, "replace")))


def _is_surely_utf8(data: bytes) -> bool:
    return _strict(data, "utf-8") is not None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _guess(data: bytes) -> Decoded:
    """Neither the label nor UTF-8 holds throughout."""
    lenient = data.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    whole = sum(map(len, re.findall("[\x80-\ufffc]+", lenient[:_SAMPLE])))
    if whole > 2 * broken:
        return Decoded(_without_mark(lenient))
    sample = data[:_SAMPLE]
    high = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    codec = _alphabet(sample) if high * 3 > len(sample) else ""
    codec = codec or _LAST_RESORT
    return Decoded(data.decode(codec, "replace"), codec)


def _alphabet(sample: bytes) -> str:
    """The charset of text that is mostly outside ASCII, as far as its letter statistics tell."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - rarely needed, and slow to load

    likely = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp874"]
    best = from_bytes(sample, steps=5, chunk_size=512, cp_isolation=likely, preemptive_behaviour=False).best()
    return codec_named(best.encoding) if best is not None else ""


def _without_mark(text: str) -> str:
    return text.removeprefix("\ufeff")
