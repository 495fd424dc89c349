"""What a reply newly says: whole letters in, the writer's words out."""

from __future__ import annotations

import pytest

from mailer.message.reading.extract import extract
from mailer.model.incoming import NewText
from tests.replies.innocents import INNOCENT
from tests.replies.letters import QUESTIONS, SENT, asked, letter, quoted
from tests.replies.programs import GMAIL

ATTRIBUTION = GMAIL["en-GB"]
OWN = "It went well.\n\nTwo good mornings, and I called Lee."
OUTLOOK = "From: Petra Vogl <petra@example.org>\nSent: Friday, March 5, 2027 8:30 AM\nTo: Dana Reis\nSubject: Your week"


def words(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("known", [False, True], ids=["unknown letter", "our letter known"])
@pytest.mark.parametrize(
    "below",
    ["", f"\n\n{ATTRIBUTION}\n\n{quoted(SENT)}", f"\n\n{OUTLOOK}\n\n{SENT}"],
    ids=["alone", "above a quote", "above Outlook's quote"],
)
@pytest.mark.parametrize("text", INNOCENT)
def test_a_writers_own_text_that_looks_like_a_mark_survives_whole(text: str, below: str, *, known: bool) -> None:
    new = extract(letter(text + below), asked=asked() if known else None)

    assert words(new.text) == words(text)


def test_the_innocent_texts_are_as_many_as_promised() -> None:
    assert len(set(INNOCENT)) >= 60


def test_answers_between_the_questions_are_kept_with_the_question_above_each() -> None:
    reply = letter(
        f"Answers below.\n\n{ATTRIBUTION}\n> Hello Dana,\n>\n> 1. What gave you energy?\n\nThe swim, by far.\n\n"
        "> 2. What did you avoid?\n\nThe bank. Again.\n\n> Warm regards\n> Petra"
    )

    new = extract(reply)

    assert [(passage.text, passage.quoted.split("\n")[-1]) for passage in new.passages] == [
        ("Answers below.", ""),
        ("The swim, by far.", "1. What gave you energy?"),
        ("The bank. Again.", "2. What did you avoid?"),
    ]
    assert new.text == "Answers below.\n\nThe swim, by far.\n\nThe bank. Again."


def test_an_answer_below_the_quote_is_kept() -> None:
    new = extract(letter(f"{ATTRIBUTION}\n{quoted(SENT)}\n\n{OWN}"))

    assert new.text == OWN
    assert "How was this week" in new.passages[0].quoted


def test_an_answer_below_outlooks_quote_is_kept_where_our_letter_is_known() -> None:
    new = extract(letter(f"{OUTLOOK}\n\n{SENT}\n\n{OWN}"), asked=asked())

    assert new.text == OWN
    assert new.confidence > 0.9


@pytest.mark.parametrize(
    "head",
    [
        "Zwischenablage 5.3.2027 8:30 petra@example.org sagte also:",
        "Ngày xưa, hồi 08:30 05/03/2027, petra@example.org viết rằng",
        "***** petra@example.org / 2027-03-05 / 08:30 *****:",
        "",
    ],
)
@pytest.mark.parametrize("quote", [SENT, quoted(SENT)], ids=["bare", "marked"])
def test_our_own_letter_is_recognised_under_any_heading(head: str, quote: str) -> None:
    new = extract(letter(f"{OWN}\n\n{head}\n\n{quote}"), asked=asked())

    assert words(new.text) in (words(OWN), words(OWN + head))
    assert "How was this week" not in new.text
    assert new.confidence > 0.9


def test_our_letter_is_recognised_however_it_was_wrapped() -> None:
    rewrapped = "\n".join(line for word in SENT.split("\n\n") for line in word.replace("\n", " ").split(", "))

    new = extract(letter(f"{OWN}\n\n{rewrapped}"), asked=asked())

    assert "planned" not in new.text
    assert new.text.startswith(OWN)


def test_an_answer_the_program_went_on_quoting_is_kept() -> None:
    first, second, third = (question.ask for question in QUESTIONS)
    sent = SENT.replace(second, f"{second}\n\nThe bank, as ever.").replace(third, f"{third}\n\nCall Lee on Monday.")

    new = extract(letter(f"{ATTRIBUTION}\n{quoted(sent)}"), asked=asked())

    assert [passage.text for passage in new.passages] == ["The bank, as ever.", "Call Lee on Monday."]
    assert first in new.passages[0].quoted


def test_a_greeting_that_is_also_ours_is_the_clients() -> None:
    new = extract(letter(f"Good morning\n\n{OWN}\n\n{ATTRIBUTION}\n\n{quoted(SENT)}"), asked=asked())

    assert new.text == f"Good morning\n\n{OWN}"


def test_a_forward_is_marked_and_not_the_clients_words() -> None:
    inside = (
        "From: Rolf Amsel <rolf@example.net>\nDate: Thu, 4 Mar 2027 at 17:55\nSubject: Talk\nTo: Dana\n\nBe prepared."
    )
    new = extract(letter(f"This is the mail.\n\n---------- Forwarded message ---------\n{inside}", subject="Fwd: Talk"))

    assert new.text == "This is the mail."
    assert "Be prepared." in new.forwarded
    assert "Rolf Amsel" in new.forwarded


def test_an_outlook_forward_is_known_by_its_subject() -> None:
    inside = OUTLOOK.replace("Petra Vogl <petra", "Rolf Amsel <rolf")

    new = extract(letter(f"See below.\n\n{inside}\n\nBe prepared.", subject="WG: Talk"))

    assert new.text == "See below."
    assert "Be prepared." in new.forwarded


def test_a_forward_with_nothing_above_shows_the_raw_text_at_low_confidence() -> None:
    raw = (
        "---------- Forwarded message ---------\nFrom: Rolf <rolf@example.net>\nSubject: Talk\n\nBe prepared on Monday."
    )

    new = extract(letter(raw, subject="Fwd: Talk"))

    assert new.text == raw
    assert new.confidence < 0.5
    assert "Be prepared" in new.forwarded


def test_a_quote_and_nothing_else_is_an_empty_answer() -> None:
    new = extract(letter(f"{ATTRIBUTION}\n\n{quoted(SENT)}"), asked=asked())

    assert new.text == ""
    assert new.passages == ()


def test_text_behind_an_unmarked_quote_that_would_leave_nothing_is_shown_whole() -> None:
    raw = f"{OUTLOOK}\n\nYes, Tuesday is fine."

    new = extract(letter(raw))

    assert new.text == raw
    assert new.confidence < 0.5


def test_an_empty_letter_has_no_new_text() -> None:
    assert extract(letter("")) == NewText(text="", passages=(), confidence=extract(letter("")).confidence)


@pytest.mark.parametrize(
    "footer",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Gesendet mit der GMX Mail App",
        "Envoyé de mon iPad",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Sendt fra min iPhone",
        "Skickat från min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "Trimis de pe iPhone-ul meu",
        "Отправлено с iPhone",
        "Надіслано з iPhone",
        "Στάλθηκε από το iPhone μου",
        "iPhone'umdan gönderildi",
        "发自我的iPhone",
        "從我的 iPhone 傳送",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "נשלח מה-iPhone שלי",
        "أُرسلت من الـ iPhone",
        "Get Outlook for Android",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Sent from Yahoo Mail on Android",
        "Sent with Proton Mail secure email.",
        "Sent from Samsung Galaxy smartphone.",
        "-- \nDana Reis\nReis & Co\n+351 555 010 020",
        "--\nDana Reis\nReis & Co\nwww.example.com",
        "--\nDana\n\nSent from my Pixel",
        "This e-mail is confidential and intended only for the person named above. If you have received it in error, "
        "please notify the sender and delete it.",
        "________________________________\nDiese Nachricht ist vertraulich und nur für den Adressaten bestimmt. "
        "Sollten Sie sie irrtümlich erhalten haben, vernichten Sie sie bitte.",
        "Virenfrei.www.avast.com <https://www.avast.com/sig-email>",
    ],
)
@pytest.mark.parametrize("below", ["", f"\n\n{ATTRIBUTION}\n\n{quoted(SENT)}", f"\n\n{OUTLOOK}\n\n{SENT}"])
def test_footers_signatures_and_notices_are_taken_off(footer: str, below: str) -> None:
    new = extract(letter(f"{OWN}\n\n{footer}{below}"))

    assert new.text == OWN


def test_a_name_and_a_closing_stay() -> None:
    new = extract(letter(f"{OWN}\n\nWarm wishes,\nDana\n\n{ATTRIBUTION}\n\n{quoted(SENT)}"))

    assert new.text == f"{OWN}\n\nWarm wishes,\nDana"


def test_a_signature_is_kept_where_it_is_all_there_is() -> None:
    assert extract(letter("--\nDana")).text == "--\nDana"


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click links or open attachments.",
        "[EXTERNAL]",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender.",
    ],
)
def test_a_banner_about_outside_senders_is_taken_off(banner: str) -> None:
    assert extract(letter(f"{banner}\n\n{OWN}")).text == OWN


@pytest.mark.parametrize(
    "html",
    [
        '<div>{own}</div><div class="gmail_quote"><div class="gmail_attr">blah vom blah</div>'
        "<blockquote>{sent}</blockquote></div>",
        '<p>{own}</p><div id="divRplyFwdMsg">blah vom blah</div><div>{sent}</div>',
        '<p>{own}</p><div id="appendonsend"></div><hr><div>blah vom blah</div><div>{sent}</div>',
        '<p>{own}</p><div class="OutlookMessageHeader">blah vom blah</div>{sent}',
        '<p>{own}</p><div style="border:none;border-top:solid #E1E1E1 1.0pt">blah vom blah</div>{sent}',
        '{own}<div class="moz-cite-prefix">blah vom blah</div><blockquote type="cite">{sent}</blockquote>',
        '{own}<div class="yahoo_quoted">blah vom blah {sent}</div>',
        '{own}<br><blockquote type="cite">blah vom blah {sent}</blockquote>',
        '{own}<br><div class="protonmail_quote">blah vom blah {sent}</div>',
    ],
)
def test_html_structure_shows_a_quote_that_the_text_hides(html: str) -> None:
    reply = letter(f"{OWN}\n\nblah vom blah\n\n{SENT}", html=html.replace("{own}", OWN).replace("{sent}", SENT))

    new = extract(reply)

    assert new.text == OWN


def test_gmails_indentation_is_the_writers_own() -> None:
    html = 'Look:<blockquote class="gmail_quote" style="margin:0 0 0 40px">my line<br>my other line</blockquote>Good?'

    new = extract(letter("Look:\n\n> my line\n> my other line\n\nGood?", html=html))

    assert words(new.text) == words("Look: my line my other line Good?")
