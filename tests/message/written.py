"""Letters written whole: every shipped template for every reader, and some that differ in what can go wrong."""

from __future__ import annotations

from mailer.message.writing.template import Body, PromptTemplates
from mailer.model.people import Form
from mailer.model.plan import Question
from tests.message.cast import MEETING, QUESTIONS, SHIPPED, TEMPLATES, the_facts
from tests.message.hebrew import HEBREW

NAMES = sorted({one.partition(".")[0] for one in SHIPPED if one.endswith(".md")})
SPOKEN = [
    ("en", Form.INFORMAL),
    ("pt", Form.INFORMAL),
    *((one, form) for one in ("de", "fr", "es", "nl", "it") for form in Form),
]


def there(language: str, form: Form) -> set[str]:
    """The templates that are shipped in a language and form."""
    ending = f".{language}.formal.md" if form is Form.FORMAL else f".{language}.md" if language != "en" else ".md"
    return {one.removesuffix(ending) for one in SHIPPED if one.endswith(ending)}


def letter(name: str, language: str, form: Form) -> Body:
    """A shipped template as it goes to someone with this language and form."""
    facts = the_facts(
        client={"language": language, "form": form, "variables": {"goal": "run 5 km"}},
        session=MEETING,
        promises=("Call Lee", "Walk"),
        questions=() if name == "steering" else QUESTIONS,
        extra={"word": "pause", "until": "3 May"},
        notice=name == "steering",
    )
    return TEMPLATES.render_letter(name, facts)


ALL_OF_IT = """# A heading

A [page](https://example.org/an/address/that/never/ends/anyhow), *stress*, `code` and a word of great
length: Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle.

{{ promises }}

> quoted

***

```
code that goes on and on, far beyond the edge of any telephone that is held upright
```

{{ questions }}
"""
PROMISES = ("Call Lee on Tuesday before lunch", "Walk twice, with the dog, even when it rains", "Send the draft")
FOUR = (*QUESTIONS, Question(ask="What should we talk about when we meet?"))


def letters() -> dict[str, str]:
    """The HTML of letters that differ in what can go wrong with their looks."""
    all_of_it = PromptTemplates(SHIPPED, {"all.md": ALL_OF_IT})
    hebrew = PromptTemplates(SHIPPED, HEBREW)
    formal = the_facts(client={"language": "de", "form": Form.FORMAL}, questions=FOUR)
    names = the_facts(client={"name": "דנה (ירושלים)"}, coach={"name": "دانا ريس"})
    at_home = the_facts(client={"language": "he", "name": "דנה"}, questions=(Question(ask="איך היה השבוע, 1 עד 10?"),))
    return {
        "four questions": TEMPLATES.render_letter("prompt", the_facts(questions=FOUR)).html,
        "one question": TEMPLATES.render_letter("prompt", the_facts(questions=FOUR[:1])).html,
        "formal German": TEMPLATES.render_letter("prompt", formal).html,
        "names of other scripts": TEMPLATES.render_letter("prompt", names).html,
        "promises": TEMPLATES.render_letter("commitment-followup", the_facts(promises=PROMISES)).html,
        "right to left": hebrew.render_letter("prompt", at_home).html,
        "all of it": all_of_it.render_letter("all", the_facts(promises=PROMISES, rehearsal=True)).html,
    }
