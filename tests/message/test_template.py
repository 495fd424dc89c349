"""Templates: both parts say the same, values stay values, and what cannot be meant holds one letter."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import PermanentFailure
from mailer.message.writing.facts import LetterFacts
from mailer.message.writing.html_page import clean_html, finish_html, html_environment, reaching_out
from mailer.message.writing.template import Body, PromptTemplates
from mailer.message.writing.wording import TemplateTrouble
from mailer.model.people import Form
from mailer.model.plan import Question
from tests.message.cast import MEETING, SHIPPED, TEMPLATES, the_facts

LANGUAGES = [("en", Form.INFORMAL), ("en", Form.FORMAL), ("pt", Form.INFORMAL), ("pt", Form.FORMAL)] + [
    (language, form) for language in ("de", "fr", "es", "nl", "it") for form in Form
]
HOSTILE = [
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{# note #}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "**bold** _it_ `code`",
    "[here](https://phish.example.net)",
    "![x](https://track.example.net/p.png)",
    "# Heading",
    "1. One",
    "- item",
    "> quote",
    "    code",
    "***",
    "<https://phish.example.net>",
    "&amp; &lt;b&gt; &#x41;",
    "a\\*b \\",
    "| a | b |",
    "\U00101000\U00101001",
    "\U0010001f\U00100010",
    '" onclick="x" \'',
]


class _Visible(HTMLParser):
    """The words a reader sees, and every element and attribute met on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._unseen += tag in ("style", "title", "head")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in ("style", "title", "head")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words += data.split()


def seen(page: str) -> _Visible:
    parser = _Visible()
    parser.feed(page)
    parser.close()
    return parser


def letters_in(words: list[str]) -> str:
    return "".join(words)


def says_the_same(body: Body) -> bool:
    """Whether both parts have the same letters; the line above a signature is drawn, not said, in HTML."""
    text = body.text.replace("\n-- \n", "\n")
    return letters_in(text.split()) == letters_in(seen(body.html).words)


def rendered(source: str, facts: LetterFacts | None = None) -> Body:
    return PromptTemplates(SHIPPED, {"own.md": source}).render_letter("own", facts or the_facts(questions=()))


@pytest.mark.parametrize(("language", "form"), LANGUAGES)
@pytest.mark.parametrize("name", ["prompt", "steering"])
def test_every_shipped_letter_says_the_same_in_both_parts(name: str, language: str, form: Form) -> None:
    questions = the_facts().questions if name == "prompt" else ()
    extra = {"word": "pause", "until": "3 May"}
    facts = the_facts(
        client={"language": language, "form": form}, questions=questions, extra=extra, notice=name == "steering"
    )

    body = TEMPLATES.render_letter(name, facts)

    assert says_the_same(body)
    assert ("Dana Reis" if form is Form.FORMAL and language not in ("en", "pt") else "Dana") in body.text
    assert max(map(len, body.text.splitlines())) <= 68
    assert ("STOP" in body.text) == (name == "prompt")


@pytest.mark.parametrize(("language", "form"), LANGUAGES)
@pytest.mark.parametrize("word", ["stop", "pause", "resume"])
@pytest.mark.parametrize("until", ["", "3 May"])
def test_each_steering_word_has_its_own_answer(language: str, form: Form, word: str, until: str) -> None:
    def text(word: str, until: str) -> str:
        facts = the_facts(
            client={"language": language, "form": form},
            questions=(),
            notice=True,
            extra={"word": word, "until": until},
        )
        return TEMPLATES.render_letter("steering", facts).text

    answers = {text(*case) for case in [("stop", ""), ("pause", ""), ("pause", "3 May"), ("resume", "")]}

    assert text(word, until) in answers
    assert len(answers) == 4
    assert ("RESUME" in text(word, until)) == (word != "resume")


def test_the_default_letter_reads_as_it_should() -> None:
    body = TEMPLATES.render_letter("prompt", the_facts())

    assert body.text == (
        "Hello Dana,\n\n"
        "A few questions from Petra, for when you have a quiet moment.\n\n"
        "1. How was this week, 1 to 10?\n\n"
        "2. What took most of your energy? One of: work, family, health\n\n"
        "3. What will you do before next Friday, and when?\n\n"
        "Just press Reply. Short is fine, and you can write your answers\n"
        "under the questions.\n\n"
        "-- \n"
        "Petra chose these questions; a program sends them. Petra reads your\n"
        "answers.\n\n"
        "Reply PAUSE for a break, STOP to end these emails.\n\n"
        "Vogl Coaching\n"
    )


def test_a_single_question_has_no_number() -> None:
    body = TEMPLATES.render_letter("prompt", the_facts(questions=(Question(ask="What should we talk about?"),)))

    assert "\nWhat should we talk about?\n" in body.text
    assert "1." not in body.text
    assert says_the_same(body)


def test_a_long_question_keeps_its_number_and_hangs_under_itself() -> None:
    long = "What " + "would make it " * 12 + "good?"

    text = TEMPLATES.render_letter("prompt", the_facts(questions=(Question(ask="A?"), Question(ask=long)))).text

    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("2. "))
    assert lines[start + 1].startswith("   would")
    assert lines[start - 1] == ""


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_never_markup_or_template_code(value: str) -> None:
    facts = the_facts(client={"name": value}, practice=value, subject=value, questions=(Question(ask=value),) * 2)
    shown = " ".join(re.sub("[\U00100000-\U0010fffd]", "", value).split())

    body = rendered("Hello {{ client.name }}, **{{ client.name }}** {{ client.name }}.\n\n{{ questions }}", facts)

    page = seen(body.html)
    assert says_the_same(body)
    assert page.elements <= seen(TEMPLATES.render_letter("prompt", the_facts()).html).elements
    assert (
        f"Hello {shown}, {shown} {shown}.".split()
        == body.text.split()[: len(f"Hello {shown}, {shown} {shown}.".split())]
    )
    assert html.escape(shown) in body.html or shown == ""


def test_a_value_that_imitates_a_sealed_one_is_still_only_text() -> None:
    imitation = "\U00100000" + "".join(chr(0x100100 + byte) for byte in b"**<b>x</b>**") + "\U00100001"

    body = rendered("{{ client.name }}", the_facts(client={"name": imitation}, questions=()))

    assert body.text.startswith("**<b>x</b>**\n")
    assert "b" not in seen(body.html).elements


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_value_holds_both_parts_say_the_same(name: str, ask: str) -> None:
    facts = the_facts(client={"name": name or "x"}, questions=(Question(ask=ask), Question(ask=name)))

    body = TEMPLATES.render_letter("prompt", facts)

    assert says_the_same(body)
    assert "\n2. " in body.text or "\n2.\n" in body.text


def test_a_name_cannot_reorder_what_stands_beside_it() -> None:
    body = rendered("{{ client.name }} (from {{ practice }})", the_facts(client={"name": "\u202eanaD"}, questions=()))

    assert "\u202e" not in body.text + body.html
    assert body.text.startswith("anaD (from")


def test_a_right_to_left_name_keeps_its_marks() -> None:
    name = "\u05d3\u05e0\u05d4\u200f"

    assert name in rendered("{{ client.name }}", the_facts(client={"name": name}, questions=())).text


def test_filters_conditions_loops_and_captured_text_work_on_values() -> None:
    source = (
        "{% set greeting %}Hello {{ client.first_name }}{% endset %}{{ greeting }}\n\n"
        "{{ client.name|upper }}\n\n"
        "{% if session %}We meet {{ session.when }}, number {{ session.number }}.{% endif %}\n\n"
        "{% for question in questions %}* {{ question.ask }}\n{% endfor %}"
    )

    body = rendered(source, the_facts(session=MEETING))

    assert "Hello Dana\n" in body.text
    assert "DANA REIS\n" in body.text
    assert "We meet Thursday 3 December at 14:00, number 5." in body.text
    assert "- How was this week, 1 to 10?\n" in body.text
    assert says_the_same(Body(text=body.text.replace("\n- ", "\n"), html=body.html))


def test_a_session_is_told_on_the_clients_own_clock() -> None:
    source = "{{ session.when }}"

    assert rendered(source, the_facts(session=MEETING, client={"zone": "Asia/Tokyo"}, questions=())).text.startswith(
        "Thursday 3 December at 23:00"
    )


MARKDOWN = """\
# A heading

A paragraph with *stress*, **strength** and `code`,
on two lines.\\
A new line.

- one
- two **strong**
  - inner
- three

1. first

   more of the first
2. second

> quoted
> words

Before [a page](https://example.org/a?b=c) and <https://example.com/> and [us](mailto:us@example.org).

```
code  as
  written
```

***

After &amp; <b>not bold</b>
"""


def test_markdown_reads_well_as_plain_text() -> None:
    assert rendered(MARKDOWN).text.partition("\n-- \n")[0] == (
        "A heading\n\n"
        "A paragraph with stress, strength and code, on two lines.\n"
        "A new line.\n\n"
        "- one\n- two strong\n  - inner\n- three\n\n"
        "1. first\n\n   more of the first\n\n2. second\n\n"
        "  quoted words\n\n"
        "Before a page (https://example.org/a?b=c) and https://example.com/\n"
        "and us (us@example.org).\n\n"
        "    code  as\n      written\n\n"
        "* * *\n\n"
        "After & <b>not bold</b>\n"
    )


def test_raw_html_in_a_template_is_shown_and_not_obeyed() -> None:
    body = rendered('Hello <b onclick="x()">you</b>\n\n<script>1</script>')

    assert {"b", "script"}.isdisjoint(seen(body.html).elements)
    assert "<script>1</script>" in body.text


@pytest.mark.parametrize(
    ("source", "where", "words"),
    [
        ("Hello\n\nhow was {{ client.goal }}?", "own.md:3", 'client has no "goal"; known: first_name, name'),
        ("Dear {{ firstname }},", "own.md:1", 'there is no "firstname"; known: client, coach'),
        ("a\n{{ session.when }}", "own.md:2", 'session has no "when"; known: nothing'),
        ("a\n{{ 100 / practice }}", "own.md:2", "unsupported operand"),
        ("a\n{% if %}", "own.md:2", "Expected an expression"),
        ("a\n\n{% for x in questions %}", "own.md:3", "endfor"),
        ("{{ client }}", "own.md:1", "Fields cannot be printed"),
        ("{{ questions.asked }}", "own.md:1", "tuple cannot be printed"),
        ("{{ none }}", "own.md:1", "NoneType cannot be printed"),
        ("{{ client.__class__ }}", "own.md:1", "unsafe"),
        ("{{ client.name|safe }}", "own.md:1", "No filter named 'safe'"),
        ("{% include 'other.md' %}", "own.md", "other.md"),
        ("![logo](https://example.org/logo.png)", "own.md", "pictures are not sent"),
        ("[x](javascript:alert)", "own.md", "a link begins with"),
        ("[x](https://example.org/{{ practice }})", "own.md", "no value can be put into it"),
        ("{% for i in range(10000000) %}{% endfor %}", "own.md:1", "Range too big"),
    ],
)
def test_what_a_template_cannot_mean_is_told_with_its_place(source: str, where: str, words: str) -> None:
    with pytest.raises(TemplateTrouble) as trouble:
        rendered(source)

    assert str(trouble.value).startswith(where)
    assert words in trouble.value.message
    assert isinstance(trouble.value, PermanentFailure)


@pytest.mark.parametrize(
    "source",
    [
        "{{ {'run': 1}[own.goal] }}",
        "{{ 'n'[own.goal] }}",
        "{{ [].index(own.goal) }}",
        "{% include own.goal %}",
        "{{ promises | map(attribute=own.goal) | join }}",
        "{{ client[own.goal] }}",
    ],
)
def test_what_is_told_of_a_fault_repeats_no_word_of_the_client(source: str) -> None:
    facts = the_facts(client={"variables": {"goal": "stop drinking"}}, questions=(), promises=("call Lee",))

    with pytest.raises(TemplateTrouble) as trouble:
        rendered(source, facts)

    assert trouble.value.template == "own.md"
    assert "drinking" not in str(trouble.value)


JINJA = ("{{", "}}", "{%", "%}", "{#", " client.name ", " questions ", "for x in questions", "endfor", "if session")
MARKDOWN_MARKS = ("*", "_", "`", "[", "](", ")", "!", "<", ">", "#", "- ", "1. ", "    ", "\n", "\n\n", "\\", "&#0;")
UNUSUAL = ("\U00100000", "\U00100001", "\U00101000", "\U0010efff", "\U00100010", "\0", "\x1b", "\u2028", "words")
TEMPLATE_RUBBISH = st.lists(st.sampled_from(JINJA + MARKDOWN_MARKS + UNUSUAL), max_size=30).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEMPLATE_RUBBISH)
def test_any_template_gives_a_letter_or_says_what_is_wrong(source: str) -> None:
    try:
        body = rendered(source)
    except TemplateTrouble as trouble:
        told = str(trouble)
    else:
        told = body.text
        assert "Petra chose these questions" in body.html
    assert told.startswith("own.md:") or "Petra chose these questions" in told


@pytest.mark.parametrize("source", ["Dear {{ client.goal }},", "Dear {{ client['goal'] }},", "Dear {{ goal|upper }},"])
def test_a_missing_value_never_prints_as_nothing(source: str) -> None:
    with pytest.raises(TemplateTrouble, match='no "goal"'):
        rendered(source)


def test_a_template_may_say_what_stands_in_for_a_missing_value() -> None:
    assert rendered("Dear {{ client.goal|default('friend') }},").text.startswith("Dear friend,")


def test_trouble_for_one_client_leaves_the_others_their_letters() -> None:
    templates = PromptTemplates(SHIPPED, {"own.md": "You have done {{ 100 / streak }} of it."})
    streaks: list[object] = [4, "n/a", 5]

    texts: list[str] = []
    for streak in streaks:
        try:
            texts.append(templates.render_letter("own", the_facts(questions=(), extra={"streak": streak})).text)
        except TemplateTrouble as trouble:
            texts.append(trouble.template)

    assert [text.split("\n")[0] for text in texts] == [
        "You have done 25.0 of it.",
        "own.md",
        "You have done 20.0 of it.",
    ]


def test_an_error_in_an_included_file_names_that_file() -> None:
    templates = PromptTemplates(SHIPPED, {"own.md": "a\n\n{% include 'part.md' %}", "part.md": "b\n{{ nothing }}"})

    with pytest.raises(TemplateTrouble, match=r"^part\.md:2: "):
        templates.render_letter("own", the_facts(questions=()))


def test_a_template_that_leaves_out_a_question_is_refused() -> None:
    with pytest.raises(TemplateTrouble, match="leaves out question 1"):
        rendered("Hello, nothing to ask.", the_facts())


@pytest.mark.parametrize(
    ("language", "form", "files", "chosen"),
    [
        ("en", Form.INFORMAL, ["x.md"], "x.md"),
        ("en", Form.FORMAL, ["x.md"], "x.md"),  # English has one form
        ("en", Form.INFORMAL, ["x.md", "x.en.md"], "x.en.md"),
        ("en-GB", Form.INFORMAL, ["x.md", "x.en-GB.md"], "x.en-GB.md"),
        ("en-GB", Form.INFORMAL, ["x.md"], "x.md"),
        ("de", Form.INFORMAL, ["x.md", "x.de.md", "x.de.formal.md"], "x.de.md"),
        ("de", Form.FORMAL, ["x.md", "x.de.md", "x.de.formal.md"], "x.de.formal.md"),
        ("de-AT", Form.FORMAL, ["x.de.formal.md"], "x.de.formal.md"),
        ("pt", Form.FORMAL, ["x.pt.md"], "x.pt.md"),
    ],
)
def test_a_template_is_chosen_by_language_and_form(language: str, form: Form, files: list[str], chosen: str) -> None:
    templates = PromptTemplates(SHIPPED, dict.fromkeys(files, ""))

    assert templates.choose("x", language=language, form=form) == chosen


@pytest.mark.parametrize(
    ("language", "form", "files", "missing"),
    [
        ("de", Form.INFORMAL, ["x.md"], r"x\.de\.md"),
        ("de", Form.FORMAL, ["x.md", "x.de.md"], r"x\.de\.formal\.md"),
        ("de", Form.INFORMAL, ["x.de.formal.md"], r"x\.de\.md"),
        ("en", Form.INFORMAL, ["x.de.md"], r"x\.md"),
        ("sv", Form.INFORMAL, ["x.md", "x.sv.md"], r'words\.toml: has no phrases for the language "sv"'),
    ],
)
def test_there_is_no_falling_back_to_another_language_or_form(
    language: str, form: Form, files: list[str], missing: str
) -> None:
    templates = PromptTemplates(SHIPPED, dict.fromkeys(files, ""))

    with pytest.raises(TemplateTrouble, match=f"^{missing}"):
        templates.render_letter("x", the_facts(client={"language": language, "form": form}, questions=()))


def test_an_operators_folder_stands_over_the_shipped_one_phrase_by_phrase() -> None:
    own = {
        "words.toml": '[en]\nreply = "Answer when you like, {{ client.first_name }}."\n',
        "prompt.md": "{{ questions }}",
    }

    text = PromptTemplates(SHIPPED, own).render_letter("prompt", the_facts()).text

    assert text.startswith("1. How was this week")
    assert "Answer when you like, Dana." in text
    assert "Reply PAUSE for a break" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("[en\n", "words.toml"),
        ('[sv]\nreply = "Svara bara."\n', r"\[sv\] has no"),
    ],
)
def test_a_fault_in_the_words_is_told(words: str, told: str) -> None:
    with pytest.raises(TemplateTrouble, match=told):
        PromptTemplates(SHIPPED, {"words.toml": words, "x.sv.md": ""}).render_letter(
            "x", the_facts(client={"language": "sv"}, questions=())
        )


def test_all_shipped_templates_can_be_read_and_a_broken_one_is_listed() -> None:
    assert list(TEMPLATES.problems()) == []
    assert [
        (trouble.template, trouble.line)
        for trouble in PromptTemplates(SHIPPED, {"a.md": "\n{{", "b.md": "fine"}).problems()
    ] == [("a.md", 2)]


def test_a_page_holds_only_quiet_elements_and_nothing_from_outside() -> None:
    page = TEMPLATES.render_letter("prompt", the_facts(rehearsal=True))

    found = seen(page.html)
    assert found.elements == {"html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td"} | {
        "p",
        "strong",
        "div",
    }
    assert found.attributes <= {"lang", "dir", "style", "charset", "name", "content", "class", "role", "align"} | {
        "width",
        "border",
        "cellpadding",
        "cellspacing",
        "data-css-inline",
    }
    assert reaching_out(page.html) is None
    assert "http" not in page.html
    assert "prefers-color-scheme: dark" in page.html
    assert len(page.html) < 12_000  # Gmail cuts at 102 kB


@pytest.mark.parametrize(
    "mark",
    [
        '<img src="https://track.example.net/p.gif">',
        "<style>@import 'https://example.net/a.css'</style>",
        "<style>p { background: url(https://example.net/a.png) }</style>",
        "<script>1</script>",
        '<p onclick="x()">',
        '<link rel="stylesheet" href="https://example.net/a.css">',
    ],
)
def test_a_layout_that_loads_or_runs_something_is_refused(mark: str) -> None:
    layout = SHIPPED["layout.html"].replace("<body>", f"<body>{mark}")

    with pytest.raises(TemplateTrouble, match=r"layout\.html:\d+"):
        PromptTemplates(SHIPPED, {"layout.html": layout})


@pytest.mark.parametrize("layout", ["a\n{{ nothing }}", "a\n{% if %}"])
def test_a_broken_layout_is_told_with_its_line(layout: str) -> None:
    with pytest.raises(TemplateTrouble, match=r"^layout\.html:2: "):
        PromptTemplates(SHIPPED, {"layout.html": layout}).render_letter("prompt", the_facts())


def test_a_folder_without_a_layout_is_told() -> None:
    files = {name: text for name, text in SHIPPED.items() if name != "layout.html"}

    with pytest.raises(TemplateTrouble, match=r"layout\.html"):
        PromptTemplates(files).render_letter("prompt", the_facts())


def test_a_rehearsal_says_so_in_both_parts_and_in_the_coachs_language() -> None:
    body = TEMPLATES.render_letter("prompt", the_facts(coach={"language": "de"}, rehearsal=True))

    assert body.text.startswith("Probe: Diesen Brief würde Dana Reis bekommen.")
    assert "Hello Dana," in body.text
    assert says_the_same(body)


def test_a_subject_takes_values_and_keeps_a_line_break_for_the_composer_to_refuse() -> None:
    facts = the_facts(session=MEETING, client={"name": "Ana\nBcc: leak@example.net"})

    assert TEMPLATES.render_subject("Our session on {{ session.day }}", facts) == "Our session on Thursday 3 December"
    assert TEMPLATES.render_subject("{{ client.name }}: week 3", facts) == "Ana\nBcc: leak@example.net: week 3"
    assert TEMPLATES.render_subject("{{ client.first_name }}", the_facts(client={"name": "<b>*A*"})) == "<b>*A*"
    with pytest.raises(TemplateTrouble, match=r"^subject:1: client has no"):
        TEMPLATES.render_subject("{{ client.goal }}", facts)


def test_two_letters_that_differ_in_values_share_the_work_and_not_the_words() -> None:
    first = TEMPLATES.render_letter("prompt", the_facts(client={"name": "Ana <x>"}))
    second = TEMPLATES.render_letter("prompt", the_facts(client={"name": "Bela"}))

    assert "Bela" not in first.html + first.text
    assert "Ana" not in second.html + second.text


def test_a_page_for_another_room_is_escaped_and_inlined() -> None:
    pages = html_environment(
        SHIPPED | {"digest.html": "{% extends 'layout.html' %}{% block body %}<p>{{ name }}</p>{% endblock %}"}
    )

    page = finish_html(
        pages.get_template("digest.html").render(
            name="<script>{{ 7*7 }}", subject="x", language="en", direction="ltr", foot=""
        )
    )

    assert "&lt;script&gt;{{ 7*7 }}</p>" in page
    assert '<p style="margin' in page


@pytest.mark.parametrize(
    ("outside", "clean"),
    [
        ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
        ("<img src=x onerror=alert(1)>text", "text"),
        ("<script>alert(1)</script>text", "text"),
        ('<a href="javascript:alert(1)">see</a>', '<a rel="noopener">see</a>'),
        ('<a href="https://example.org" onclick="x">see</a>', '<a href="https://example.org" rel="noopener">see</a>'),
        ('<p style="position:fixed">x</p>', "<p>x</p>"),
        ("<style>p{}</style><iframe src=x></iframe>y", "y"),
    ],
)
def test_html_from_outside_is_cut_down_to_prose(outside: str, clean: str) -> None:
    assert clean_html(outside) == clean
