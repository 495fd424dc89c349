"""Is this the line a mail program writes above a quote: "On Friday, 5 March 2027 at 08:30, Petra wrote:"?

There is no standard; every program and language has its own order of date, time, name, address and verb, and wraps
it where it likes. So the parts are looked for, not whole sentences: what is left when date, time, address and verb
are taken away must look like a name. A person's own "On Friday she wrote:" leaves a pronoun, or has no date with a
year and no address. The less a line shows, the more its surroundings must (quoted lines right below).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import unescape
from itertools import islice

from mailer.message.reading.quotes_page import Page
from mailer.message.reading.tables.attributions import GLUE, PRONOUNS, UNSPACED, VERBS

_LONGEST_RUN = 5  # lines one attribution was seen to be wrapped over
_LONGEST = 500  # characters
_MOST_CANDIDATES = 200  # lines looked at closely; a letter with more is no correspondence, and time must stay bounded
_MOST_SHARED = 3  # places on one line where an attribution may begin


def _verb_pattern() -> re.Pattern[str]:
    spaced = sorted({v for lang, verbs in VERBS.items() if lang not in UNSPACED for v in verbs}, key=len, reverse=True)
    joined = sorted({v for lang in UNSPACED for v in VERBS.get(lang, ())}, key=len, reverse=True)
    return re.compile(
        rf"(?<![^\W_])(?:{'|'.join(map(re.escape, spaced))})(?![^\W_])|{'|'.join(map(re.escape, joined))}",
        re.IGNORECASE,
    )


VERB = _verb_pattern()
_LAST_WORDS = frozenset(v.split()[-1] for verbs in VERBS.values() for v in verbs)
_LOCAL, _HOST = r"[^\s<>()\[\]\"'@,;:]{1,64}", r"[^\s<>()\[\]\"'@,;:]{1,255}"
ADDRESS = re.compile(rf"[<(\[]?\s?(?:mailto:)?{_LOCAL}@{_HOST}\s?[>)\]]?", re.IGNORECASE)

_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|°)?"
_MONTH = r"[^\s\d]{2,14}"
_DATES = (
    r"(?<!\d)\d{1,4}\s?[./\-年년]\s?\d{1,2}\s?[./\-月월]\s?\d{1,4}",  # 05.03.2027, 2027-03-05, 2027年3月5日
    rf"(?<!\d){_DAY}[.,\-]?\s?(?:de |d['’]|of )?{_MONTH}?[.,\-]?\s?(?:\d{{1,2}}[.,]?\s)?(?:de |del |năm )?\d{{4}}",
    rf"(?<!\d)\d{{4}}[.,]?\s(?:m\. |gada |g\. )?{_MONTH}\s{_DAY}",  # 2027. márc. 5.
    rf"(?<![^\W\d_])[^\W\d_]{{3,12}}[.,\-]?\s?{_DAY},?\s\d{{4}}(?!\d)",  # March 5, 2027
)
DATE = re.compile("|".join(_DATES))
TIME = re.compile(r"(?<!\d)\d{1,2}\s?(?:[:.h]|点|點|時|시)\s?\d{2}(?!\d)")
_ISO_GMT = re.compile(r"\d{4}-\d\d-\d\d \d?\d:\d\d GMT[+-]\d")
_QUOTED_NAME = re.compile(r"[\"“„«'‘][^\"“”„«»'‘’]{1,80}[\"”“»'’]")
_WORD = re.compile(r"[^\W\d_]")
_LINK = re.compile(r"<?(?:https?:|mailto:)[^\s<>]*>?", re.IGNORECASE)
_RULE = re.compile(r"^[\s*_~=>\-—–]{2,}|^[*_]+|[\s*_~=\-—–]{2,}$|[*_]+$")
_LEAD = r"On|Am|Le|El|Il|Em|Op|Den|Dne|Dnia|Dňa|W dniu|Pe|În|Dana|Na|На|Στις|In data|No dia|Vào|Pada|Tanggal|于|在"
_OPENS = re.compile(
    rf"(?:{_LEAD}|[^\W\d_]{{1,14}}[.,]{{0,2}})?\s?[(\[]?\s?(?:[^\s\d]{{1,14}}\s){{0,2}}(?:[^\W\d_]-)?\d{{1,4}}(?:st|nd|rd|th|er)?[\s./\-:,年月년월h]",
    re.IGNORECASE,
)
_SHARES_LINE = re.compile(rf"(?:\s*-{{2,}}\s*|\s+)(?=(?:{_LEAD})\s(?:[^\s\d]{{1,14}}\s){{0,2}}\d)")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines `first` to `last` of a page; `own` is the writer's text before it on the first line; weak needs company."""

    first: int
    last: int
    weak: bool = False
    own: str = ""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What one candidate shows."""

    address: bool
    bracketed: bool  # the address stands in <>, or the line begins with a date: no sentence does
    verb: bool
    date: bool
    time: bool
    dashed: bool  # "---- Petra wrote ----"
    strange: int  # lower-case words that are no part of a name or a date
    named: bool
    length: int  # words left over


def find_attributions(page: Page) -> dict[int, Attribution]:
    """Attributions at quote depth 0, by their first line."""
    found: dict[int, Attribution] = {}
    looked_at = 0
    for last, text in enumerate(page.text):
        if not text or page.depth[last] or len(text) > _LONGEST or not _may_end(text):
            continue
        looked_at += 1
        if looked_at > _MOST_CANDIDATES:
            break
        hit = _ending_at(page, last)
        if hit is not None and (hit.first not in found or found[hit.first].weak):
            found[hit.first] = hit
    return found


def _may_end(text: str) -> bool:
    """A cheap look at the end of a line: almost every line of prose falls through here."""
    tail = text[-1]
    if tail in ":：>-*;՝៖" or _ISO_GMT.match(text):
        return True
    word = text.rsplit(None, 1)[-1].lower()
    return word in _LAST_WORDS or (not word.isascii() and VERB.search(word) is not None)


def _ending_at(page: Page, last: int) -> Attribution | None:
    """The attribution that ends on this line, over as many lines as it needs."""
    below = page.next_text(last + 1)
    quoted = below < len(page) and page.depth[below] > 0
    best: Attribution | None = None
    opened, run = False, ""
    for first in range(last, max(last - _LONGEST_RUN, -1), -1):
        above = page.text[first]
        if page.depth[first] or len(run) > _LONGEST or (not above and not run.startswith(("<", ">", "mailto:"))):
            break
        if not above:
            continue  # some renderers leave a blank line before a bracketed address
        run = f"{above} {run}" if run else above
        opens = opened or _opens(above)
        if opened and not _adds(above):
            break
        if best is not None and not opens:
            continue
        shared = _sharing_line(page, first, run, quoted=quoted)
        if shared is not None:
            return replace(shared, last=last)
        verdict = _judge(run, quoted=quoted)
        if verdict is not None:
            best = Attribution(first, last, weak=verdict)
            opened = opens
    return _with_name_above(page, best) if best is not None else None


def _adds(text: str) -> bool:
    """Whether the line above a candidate belongs to it: it opens with a date, or holds the address or the verb."""
    if text[-1] in ".!?":
        return False
    if _OPENS.match(_RULE.sub("", text)) or ADDRESS.search(text):
        return True
    return text == "<" or (len(text.split()) <= 8 and VERB.search(text) is not None)


def _opens(text: str) -> bool:
    """Whether an attribution can begin with this line: date or name first, not the middle of one."""
    if _OPENS.match(_RULE.sub("", text)):
        return True
    address = ADDRESS.search(text)
    if address is None or text.startswith("mailto:"):
        return False
    return _WORD.match(text[: address.start()].strip(" \"'*-")) is not None


def _with_name_above(page: Page, hit: Attribution) -> Attribution:
    """Takes in a name that a program left on the line above its address."""
    above = hit.first - 1
    if page.text[hit.first][:1] not in "<([" or above < 0 or page.depth[above] or not page.text[above]:
        return hit
    words = VERB.sub(" ", page.text[above]).split()
    is_name = 0 < len(words) <= 6 and all(word[0].isupper() or word.lower() in GLUE for word in words)
    return Attribution(above, hit.last, weak=hit.weak) if is_name and words[-1][-1] not in ".!?,:" else hit


def _sharing_line(page: Page, first: int, run: str, *, quoted: bool) -> Attribution | None:
    """An attribution that begins in the middle of the writer's own line."""
    for cut in islice(_SHARES_LINE.finditer(run, 1, len(page.text[first])), _MOST_SHARED):
        if _judge(run[cut.end() :], quoted=quoted) is False:
            return Attribution(first, first, own=run[: cut.start()].rstrip(" -"))
    return None


def _judge(run: str, *, quoted: bool) -> bool | None:
    """False: an attribution. True: one only in the company of other marks. None: none."""
    if _ISO_GMT.match(run):
        return False
    p = _parts(run)
    if p is None or p.length > (14 if quoted or (p.address and p.date and p.time) else 9):
        return None
    allowed = _strange_words_allowed(p, quoted=quoted)
    if allowed is not None:
        return False if p.strange <= allowed else None
    alone = p.verb and not p.strange and (p.length <= 4 or p.dashed)
    return True if alone and not quoted else None


def _strange_words_allowed(p: _Parts, *, quoted: bool) -> int | None:
    """How many lower-case words may be left over beside what a line shows; None where it shows too little."""
    slack = 3 if quoted else 0
    if p.address and p.bracketed and p.date and p.time:
        return 5  # no sentence holds all of these, whatever its language
    if p.address and (p.date or p.time) and (p.verb or p.bracketed or quoted):
        return 2 + slack + (1 if p.verb and p.date and p.time else 0)
    if p.address and p.verb:
        return 1 + slack
    if p.verb and p.date and (p.named or quoted):
        return slack + (1 if p.time else 0)
    if quoted and p.length <= 6 and (p.address or p.verb or (p.date and p.time)):
        return 1
    return None


def _parts(run: str) -> _Parts | None:
    """Takes a candidate to pieces; None where a pronoun shows that a person wrote it."""
    plain = unescape(run) if "&" in run else run
    bare = _RULE.sub("", plain)
    dashed = plain != bare and plain.startswith("--")
    rest, addresses = ADDRESS.subn(" ", _LINK.sub(" ", bare) if ":" in bare else bare)
    rest, dates = DATE.subn(" ", rest)
    rest, times = TIME.subn(" ", rest)
    rest, verbs = VERB.subn(" ", rest)
    rest, names = _QUOTED_NAME.subn(" ", rest)
    words = [word for word in (w.strip(".,:;：，、()<>[]*\"'“”„؛،-–—|") for w in rest.split()) if word]
    if any(word in PRONOUNS for word in words) or (words and words[0].lower() in PRONOUNS):
        return None
    left = [word for word in words if word.lower() not in GLUE and not word[0].isdigit() and word[0] not in "+-"]
    return _Parts(
        address=bool(addresses),
        bracketed="<" in plain or (dates > 0 and plain[:1].isdigit()),
        verb=bool(verbs),
        date=bool(dates),
        time=bool(times),
        dashed=dashed,
        strange=sum(1 for word in left if word[0].islower() and "_" not in word),
        named=bool(names or addresses) or any(not word[0].islower() or "_" in word for word in left),
        length=len(left) + sum(len(word) // 12 for word in left if not word.isascii()),
    )
