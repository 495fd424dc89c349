"""In which order is a digest read?

What waits for the coach, whom they meet today, who wrote, who is quiet, what went wrong; then every letter whole.
Written once as blocks; a section with nothing in it has no heading.
"""

from __future__ import annotations

from mailer.digest.blocks import Block, Heading, Line, Note
from mailer.digest.layout_letters import asking, replied, whole
from mailer.digest.layout_states import held, meeting, problem, quiet
from mailer.digest.opening import no_news, opening
from mailer.digest.parts import Digest, Person
from mailer.digest.phrases import Pair, Phrases, counted
from mailer.digest.signals import Reason
from mailer.digest.times import Clock
from mailer.digest.wording import clock, names


def lay_out(digest: Digest) -> tuple[Block, ...]:
    """The whole digest as blocks, in reading order; on a day without news the opening alone."""
    told = clock(digest)
    if not digest.has_news:
        return (no_news(digest, told),)
    found: list[Block] = [opening(digest, told)]
    for title, blocks in _sections(digest, told):
        found += [Heading(text=title), *blocks] if blocks else []
    return tuple(found)


def _sections(digest: Digest, told: Clock) -> list[tuple[str, list[Block]]]:
    words = told.words
    answered = {each.person for each in digest.asking}
    return [
        (
            words.asking,
            [block for each in digest.asking for block in asking(each, told)]
            + _more(words.more_asking, digest.more_asking, words),
        ),
        (words.today_heading, [block for each in digest.sessions for block in meeting(each, told)]),
        (
            words.replied,
            [block for each in digest.replied for block in replied(each, told, answered=answered)]
            + _more(words.more_replied, digest.more_replied, words),
        ),
        (words.quiet, _quiet(digest, told)),
        (
            words.problems,
            [block for each in digest.problems for block in problem(each, told)]
            + _counted(words.more_problems, digest.more_problems),
        ),
        (
            words.held,
            [block for each in digest.held for block in held(each, told)] + _counted(words.more_held, digest.more_held),
        ),
        (words.also_kept, _named(words.other, digest.other, words)),
        (words.no_news, _named("{names}", digest.no_news, words)),
        (
            words.full,
            [block for each in digest.whole for block in whole(each, told)]
            + _counted(words.letters_left_out, digest.whole_left_out),
        ),
    ]


def _quiet(digest: Digest, told: Clock) -> list[Block]:
    """The silent with one hint for all of them, then those who gave a reason."""
    words = told.words
    silent = [each for each in digest.quiet if each.standing.reason is Reason.SILENT]
    reasons = [each for each in digest.quiet if each.standing.reason is not Reason.SILENT]
    blocks: list[Block] = [block for each in silent for block in quiet(each, told)]
    blocks += [Note(text=words.call)] if silent else []
    blocks += [block for each in reasons for block in quiet(each, told)]
    return blocks + _more(words.more_quiet, digest.more_quiet, words)


def _more(pair: Pair, people: tuple[Person, ...], words: Phrases) -> list[Block]:
    return [Line(text=counted(pair, len(people), names=names(people, words)))] if people else []


def _counted(pair: Pair, n: int) -> list[Block]:
    return [Line(text=counted(pair, n))] if n else []


def _named(form: str, people: tuple[Person, ...], words: Phrases) -> list[Block]:
    return [Line(text=form.format(names=names(people, words)))] if people else []
