"""What a letter of ours asked, as it is kept beside it: the plain text as sent, the questions, the language."""

from __future__ import annotations

import json

from mailer.model.incoming import AskedLetter
from mailer.model.plan import AnswerKind, Question


def dump_asked(asked: AskedLetter) -> str:
    """As JSON: {"text", "language", "questions": [{"ask", "answer", "choices"}]}."""
    questions = [{"ask": one.ask, "answer": one.answer, "choices": list(one.choices)} for one in asked.questions]
    return json.dumps({"text": asked.text, "language": asked.language, "questions": questions}, ensure_ascii=False)


def load_asked(text: str) -> AskedLetter:
    """What `dump_asked` wrote."""
    data = json.loads(text)
    questions = tuple(
        Question(ask=one["ask"], answer=AnswerKind(one["answer"]), choices=tuple(one["choices"]))
        for one in data["questions"]
    )
    return AskedLetter(text=data["text"], questions=questions, language=data["language"])
