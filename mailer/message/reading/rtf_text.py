"""What does Outlook's compressed RTF say in plain text?

Sources: MS-OXRTFCP (LZFu compression, its start dictionary), MS-OXRTFEX (HTML wrapped in RTF: the tags stand in
"htmltag" groups, the text between them). Only words and paragraphs are read; fonts, colours and pictures are passed
over. Damaged or endless input gives what was read so far.
"""

from __future__ import annotations

import html
import re
import struct

from mailer.message.reading.html_text import html_to_text

LARGEST = 4_000_000  # bytes unpacked; more is an attack or a picture

_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"Symbol"
    rb"ArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
_SILENT = frozenset({b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"themedata", b"mhtmltag",
                     b"fldinst", b"listtable", b"listoverridetable", b"generator"})  # fmt: skip
_BREAKS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"cell": " ", b"row": "\n", b"emdash": "\u2014",
           b"endash": "\u2013", b"lquote": "\u2018", b"rquote": "\u2019", b"ldblquote": "\u201c",
           b"rdblquote": "\u201d", b"bullet": "\u2022"}  # fmt: skip


def decompressed(data: bytes) -> bytes:
    """The RTF inside a compressed-RTF property; b"" where it is none."""
    if len(data) < 16:
        return b""
    _, size, kind = struct.unpack_from("<III", data, 0)
    if kind == 0x414C454D:
        return data[16 : 16 + size]
    if kind != 0x75465A4C:
        return b""
    return _unpacked(data, 16, min(size, LARGEST))


def _unpacked(data: bytes, position: int, size: int) -> bytes:
    """LZFu: flag bytes, each telling of eight tokens whether they are a letter or a reach back into 4096 bytes."""
    window = bytearray(_DICTIONARY.ljust(4096, b"\0"))
    write = len(_DICTIONARY)
    out = bytearray()
    while position < len(data) and len(out) < size:
        flags = data[position]
        position += 1
        for bit in range(8):
            if flags >> bit & 1:
                if position + 2 > len(data):
                    return bytes(out)
                reach = data[position] << 8 | data[position + 1]
                position += 2
                start, length = reach >> 4, (reach & 0xF) + 2
                if start == write:
                    return bytes(out)
                piece = bytearray()
                for step in range(length):
                    letter = window[(start + step) & 0xFFF]
                    window[write] = letter
                    write = (write + 1) & 0xFFF
                    piece.append(letter)
                out += piece
            elif position < len(data):
                window[write] = data[position]
                out.append(data[position])
                write = (write + 1) & 0xFFF
                position += 1
    return bytes(out)


def rtf_to_text(rtf: bytes) -> str:
    """The words of an RTF document, one line per paragraph; HTML wrapped in RTF is read as HTML."""
    if not rtf.lstrip().startswith(b"{\\rtf"):
        return ""
    reader = _Reader(rtf, wraps_html=b"\\fromhtml1" in rtf[:1000])
    text = reader.text()
    return html_to_text(text) if reader.wraps_html else text.strip()


class _Reader:
    """Walks the tokens with the little state that counts: the charset, silent groups, fallbacks of \\u."""

    def __init__(self, rtf: bytes, *, wraps_html: bool) -> None:
        self.wraps_html = wraps_html
        self._rtf = rtf
        self._codec = "cp1252"
        self._out: list[str] = []
        self._bytes = bytearray()  # of \'xx, which may be halves of one character
        self._silent: list[bool] = [False]
        self._tag_level = 0  # how deep the open htmltag group lies, 0 outside
        self._skip = 0  # characters left of a fallback after \u
        self._fallback = 1

    def text(self) -> str:
        for match in _TOKEN.finditer(self._rtf):
            word, number, code, symbol, brace, plain = match.groups()
            if code is not None:
                self._add_byte(int(code, 16))
                continue
            self._flush()
            if brace == b"{":
                self._silent.append(self._silent[-1])
            elif brace == b"}":
                self._close_group()
            elif word is not None:
                self._word(word, int(number) if number else None)
            elif symbol is not None:
                self._symbol(symbol)
            elif plain is not None:
                self._say(plain.decode(self._codec, "replace"))
        self._flush()
        # \u writes characters beyond the basic plane as two halves.
        return "".join(self._out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _close_group(self) -> None:
        if len(self._silent) <= self._tag_level:
            self._tag_level = 0
        if len(self._silent) > 1:
            self._silent.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        if word == b"htmltag":
            self._silent[-1], self._tag_level = not self.wraps_html, len(self._silent)
        elif word in _SILENT or (word == b"htmlrtf" and number != 0):
            self._silent[-1] = True
        elif word == b"htmlrtf":
            self._silent[-1] = self._silent[-2] if len(self._silent) > 1 else False
        elif word == b"ansicpg" and number:
            self._codec = _known(number)
        elif word == b"uc" and number is not None:
            self._fallback = min(max(number, 0), 8)
        elif word == b"u" and number is not None:
            self._say(chr(number & 0xFFFF))
            self._skip = self._fallback
        elif word in _BREAKS:
            self._say(_BREAKS[word])

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._silent[-1] = True
        elif symbol in (b"\\", b"{", b"}"):
            self._say(symbol.decode())
        elif symbol == b"~":
            self._say(" ")
        elif symbol in (b"\n", b"\r"):
            self._say("\n")

    def _add_byte(self, byte: int) -> None:
        if self._skip:
            self._skip -= 1
        else:
            self._bytes.append(byte)

    def _flush(self) -> None:
        if self._bytes:
            said = self._bytes.decode(self._codec, "replace")
            self._bytes.clear()
            self._say(said)

    def _say(self, text: str) -> None:
        if self._skip:
            text, self._skip = text[self._skip :], max(0, self._skip - len(text))
        if not self._silent[-1]:
            self._out.append(html.escape(text, quote=False) if self.wraps_html and not self._tag_level else text)


def _known(page: int) -> str:
    try:
        "".encode(f"cp{page}")
    except LookupError:
        return "cp1252"
    return f"cp{page}"
