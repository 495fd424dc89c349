"""What does a client ask of the coach, and what may they have promised?

A rule (a question mark, or a request phrase) does better out of its own field than trained models; promises are
something people themselves agree on only weakly, so they are shown verbatim as possible, never counted or stored.
Left out: other languages than English and German, except for their question marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.digest.sentences import EMOJI, sentences

_QUESTION_END = re.compile(rf"[?？؟\u037e][!?.…\"'”’“»)\]]*(?:\s|{EMOJI}|[:;=8]-?[)(DP])*$")
_REQUEST = re.compile(
    r"""
    \b(?:could|can|would|will)\ you\b(?!\ believe)
    | \b(?:could|can|shall|may|might)\ we\b
    | (?:^|[,;:–-]\s?)please\b
    | \bplease\ (?:call|send|tell|let|write|move|change|check|help|give|explain|remind|advise|ring|confirm)\b
    | \blet\ me\ know\b
    | \bi(?:'d|’d|\ would)\ (?:like|love)\ (?:to\ (?:ask|hear|know|discuss|talk)|your)\b
    | \bi(?:'m|’m|\ was|\ am|'ve\ been|’ve\ been)\ wondering\ (?:if|whether|what|how|when)\b
    | \b(?:i\ have\ a|one|quick|my)\ question\b
    | \bwhat\ (?:do|would)\ you\ (?:think|suggest|advise)\b
    | \b(?:kannst|könntest|würdest|magst)\ du\b | \b(?:können|könnten|würden|mögen)\ sie\ (?:mir|mich|uns|bitte)\b
    | \b(?:können|könnten|sollen|wollen)\ wir\b
    | \b(?:sag|sagen\ sie|schick|schicken\ sie|gib|geben\ sie|schreib|schreiben\ sie)\ (?:mir|uns)\b
    | (?:^|[,;:–-]\s?)bitte\b | \b(?:ruf|rufen\ sie)\ mich\b | \bmelde\ dich\b | \bmelden\ sie\ sich\b
    | \bich\ (?:wüsste|wüßte|würde)\ gern(?:e)?\b.{0,40}\b(?:ob|was|wie|wann|warum|wissen|fragen|hören)\b
    | \b(?:ich\ habe|hätte)\ (?:noch\ )?(?:eine|mal\ eine)\ (?:kurze\ )?frage\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CONDITIONAL = re.compile(r"^(?:if|when|wenn|falls)\b", re.IGNORECASE)
_PLEASANTRY = re.compile(
    r"""^(?:(?:hi|hey|hello|hallo)\b[^?,]{0,20},\s)?(?:and\ |und\ )?(?:
      how\ (?:are|have)\ (?:you|things)(?:\ (?:doing|been|today))? | how(?:'s|’s|\ is)\ it\ going
      | are\ you\ well | hope\ you.{0,30} | comment\ (?:ça|ca)\ va
      | wie\ geht(?:\ es|'s|’s|s)?\ (?:ihnen|dir) | alles\ (?:gut|klar)(?:\ bei\ (?:ihnen|dir))?
    )\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
_PROMISE = re.compile(
    r"""
    \bi(?:'ll|’ll|\ will|\ shall)\b
      (?!\ (?:not|never|be\ (?:away|out|off|on\ holiday|in\ touch)|let\ you\ know|see|keep\ you|miss|have\ to))
    | \bi(?:'m|’m|\ am)\ (?:going\ to|gonna)\b(?!\ (?:be\ (?:away|out)|miss|die|cry))
    | \bi\ (?:plan|intend|promise|commit|aim)\ to\b | \bi\ promise\b | \bmy\ plan\ is\ to\b
    | \bich\ werde\b(?!\ (?:nicht|nie|wohl|wahrscheinlich|krank|alt|verrückt|da\ sein))
    | \bich\ nehme\ mir\b.{0,60}\bvor\b | \bich\ habe\ mir\b.{0,60}\bvorgenommen\b | \bich\ habe\ vor\b
    | \bich\ verspreche\b
    | \bich\ (?:mache|erledige|schreibe|rufe|spreche|kümmere)\b.{0,60}\b(?:morgen|heute|bis|am|nächste[nr]?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST = 600  # characters: longer is no sentence but a letter without full stops


def questions(text: str, *, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Sentences that want an answer, verbatim and in order; our own questions, typed again, are none."""
    ours = {_bare(question) for question in asked}
    return tuple(
        sentence
        for sentence in _each(text)
        if _wants_answer(sentence) and _bare(sentence) and _bare(sentence) not in ours
    )


def commitments(text: str) -> tuple[str, ...]:
    """Sentences in which the writer may promise to do something, verbatim and in order; never a question."""
    return tuple(
        sentence
        for sentence in _each(text)
        if _PROMISE.search(sentence) and not _wants_answer(sentence) and not _CONDITIONAL.match(sentence)
    )


def _each(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text) if end - start <= _LONGEST or text[end - 1] in "?？؟"]


def _wants_answer(sentence: str) -> bool:
    if _PLEASANTRY.match(sentence):
        return False
    return bool(_QUESTION_END.search(sentence[-60:])) or bool(_REQUEST.search(sentence[:_LONGEST]))


def _bare(sentence: str) -> str:
    """Letters and digits only, for telling whether two sentences are the same."""
    return re.sub(r"[\W_]+", " ", sentence).strip().casefold()
