"""What the coach is told, in which order, and what is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailer.digest import build, render_text, subject
from mailer.digest.letters import ROOM_IN_FULL, WORDS_IN_FULL
from mailer.digest.parts import Digest
from mailer.digest.signals import Reason
from mailer.digest.summarise import word_count
from mailer.model.failure import Failure
from mailer.model.people import ClientState, Delivery, SessionState
from mailer.model.plan import AnswerKind
from mailer.model.report import AwayRow, EntryKind, HeldRow, ReplyRow, TroubleRow
from tests.digest.cast import ago, answered, client, facts, key, ratings, reply, sent, session
from tests.digest.days import busy_day

HEADINGS = ["NEEDS YOU", "TODAY", "REPLIED", "QUIET", "DELIVERY", "HELD LETTERS", "NO NEWS", "IN FULL"]


def words_shown(digest: Digest, *, name: str) -> int:
    """How many of a client's own words stand in REPLIED."""
    letters = [news for each in digest.replied if each.person.name == name for news in each.letters]
    texts = [said.text for news in letters for said in news.said]
    texts += [news.last_question.text for news in letters if news.last_question]
    texts += [sentence for news in letters for sentence in news.commitments]
    return sum(map(word_count, texts))


def test_sections_stand_in_the_order_of_what_needs_the_coach() -> None:
    lines = render_text(build(busy_day())).splitlines()

    assert [line for line in lines if line in HEADINGS] == HEADINGS


def test_an_empty_section_has_no_heading() -> None:
    text = render_text(build(facts(client("dana"), replies=[reply("dana", "Good week.")])))

    assert [line for line in text.splitlines() if line in HEADINGS] == ["REPLIED", "IN FULL"]


def test_a_day_without_news_is_three_lines() -> None:
    digest = build(facts(client("dana"), client("omar")))

    assert len(render_text(digest).splitlines()) == 3
    assert subject(digest) == "Wednesday: no news"


def test_the_same_facts_give_the_same_digest() -> None:
    assert build(busy_day()) == build(busy_day())


def test_a_question_waits_at_the_top_with_its_age() -> None:
    asked = reply("omar", "Rough week. Should I tell my boss?", at=ago(hours=26))

    digest = build(facts(client("omar"), replies=[asked]))

    assert [question.text for question in digest.asking[0].questions] == ["Should I tell my boss?"]
    assert "asks, 26 hours ago" in render_text(digest)
    assert subject(digest) == "Wednesday: 1 needs you, 1 replied"


def test_a_question_shown_at_the_top_is_not_said_again_among_the_replies() -> None:
    asked = reply("omar", "It rained. It poured. It stopped. Should I tell my boss?")

    digest = build(facts(client("omar"), replies=[asked]))

    assert digest.replied[0].letters[0].last_question is None
    assert render_text(digest).count("Should I tell my boss?") == 2  # at the top, and in the whole letter


def test_a_letter_that_is_nothing_but_the_question_points_to_it() -> None:
    text = render_text(build(facts(client("omar"), replies=[reply("omar", "Should I tell my boss?")])))

    assert "The question above is theirs" in text


def test_the_question_beyond_the_tenth_asking_client_stands_beside_the_reply() -> None:
    slugs = [f"c{number:02}" for number in range(10)]
    people = [client(slug, name=f"Person{slug} Lind") for slug in slugs]
    letters = [reply(slug, "Is that normal?") for slug in slugs]

    digest = build(facts(*people, client("omar"), replies=[*letters, reply("omar", "A. B. C. Should I go?")]))

    assert [person.name for person in digest.more_asking] == ["Omar"]
    assert "1 more asks: Omar" in render_text(digest)


def test_each_answer_stands_beside_its_question() -> None:
    asked = ("How was it?", "What got in the way?")
    letter = reply(
        "dana", "Fine.\nThe kids.", questions=asked, answers=[answered(0, "Fine."), answered(1, "The kids.")]
    )

    said = build(facts(client("dana"), replies=[letter])).replied[0].letters[0].said

    assert [(each.question, each.text) for each in said] == [("How was it?", "Fine."), (asked[1], "The kids.")]


def test_words_beside_the_answers_are_shown_too() -> None:
    letter = reply(
        "dana", "Fine.\nAlso I moved.", questions=["How?"], answers=[answered(0, "Fine.")], free="Also I moved."
    )

    said = build(facts(client("dana"), replies=[letter])).replied[0].letters[0].said

    assert [each.text for each in said] == ["Fine.", "Also I moved."]


def test_a_greeting_left_over_from_the_answers_is_no_news() -> None:
    letter = reply(
        "dana", "Hi Petra,\n\nFine.\n\nThank you for asking,\nDana", questions=["How?"], answers=[answered(0, "Fine.")],
        free="Hi Petra,\n\nThank you for asking,\nDana",
    )  # fmt: skip

    said = build(facts(client("dana"), replies=[letter])).replied[0].letters[0].said

    assert [each.text for each in said] == ["Fine."]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2. The kids.", "The kids."),
        ("2) The kids.", "The kids."),
        ("3. The kids.", "3. The kids."),  # the client's own list
        ("2.5 hours of sleep.", "2.5 hours of sleep."),
    ],
)
def test_an_answer_is_shown_without_the_number_of_the_question_above_it(written: str, shown: str) -> None:
    letter = reply("dana", written, questions=["How was it?", "What got in the way?"], answers=[answered(1, written)])

    said = build(facts(client("dana"), replies=[letter])).replied[0].letters[0].said

    assert [each.text for each in said] == [shown]


def test_a_client_takes_at_most_ninety_words_however_much_they_write() -> None:
    long = " ".join(f"Sentence {number} has seven or more words in it." for number in range(200))
    letters = [
        reply(
            "dana",
            f"{long} I'll call on Monday. Is that fine with you?",
            at=ago(hours=hours),
            questions=[f"Question {number}" for number in range(14)],
            answers=[answered(number, long) for number in range(14)],
        )
        for hours in range(1, 9)
    ]

    digest = build(facts(client("dana"), replies=letters))

    assert 0 < words_shown(digest, name="Dana") <= 90
    assert digest.replied[0].more == 2
    assert len(digest.whole) == 8


def test_a_possible_commitment_is_shown_where_the_first_sentences_do_not_hold_it() -> None:
    letter = reply("dana", "Quiet week. Nothing new. Rain. I'll talk to Lee on Monday.")

    news = build(facts(client("dana"), replies=[letter])).replied[0].letters[0]

    assert news.commitments == ("I'll talk to Lee on Monday.",)


def test_an_answer_to_a_question_for_a_commitment_is_not_told_twice() -> None:
    promise = "I'll talk to Lee on Monday."
    letter = reply("dana", promise, questions=["What?"], answers=[answered(0, promise, kind=AnswerKind.COMMITMENT)])

    assert build(facts(client("dana"), replies=[letter])).replied[0].letters[0].commitments == ()


def test_a_rating_is_told_with_its_trend_and_not_quoted_again() -> None:
    letter = reply(
        "dana", "7/10", questions=["1 to 10?"], answers=[answered(0, "7/10", kind=AnswerKind.RATING, value=7)]
    )
    low = reply("omar", "4", questions=["1 to 10?"], answers=[answered(0, "4", kind=AnswerKind.RATING, value=4)])
    rows = (*ratings("dana", 5, 6), *ratings("omar", 7, 7, 6, 7, 8))

    text = render_text(build(facts(client("dana"), client("omar"), replies=[letter, low], ratings=rows)))

    assert "Dana  7 of 10 (+1)" in text
    assert "Omar  4 of 10 (−4), lower than usual" in text
    assert "“7/10”" not in text


@pytest.mark.parametrize("value", [1000, -1, float("nan"), float("inf")])
def test_a_number_off_the_scale_is_shown_as_words_and_drawn_nowhere(value: float) -> None:
    letter = reply(
        "dana", "a 1000", questions=["?"], answers=[answered(0, "a 1000", kind=AnswerKind.RATING, value=value)]
    )

    news = (
        build(facts(client("dana"), replies=[letter], ratings=ratings("dana", value, 5, value))).replied[0].letters[0]
    )

    assert news.trend is None
    assert [each.text for each in news.said] == ["a 1000"]


def test_of_several_ratings_in_a_letter_each_stands_by_its_question() -> None:
    letter = reply(
        "dana",
        "7\n3",
        questions=["Sleep?", "Mood?"],
        answers=[
            answered(0, "7", kind=AnswerKind.RATING, value=7),
            answered(1, "3", kind=AnswerKind.RATING, value=3),
        ],
    )

    text = render_text(build(facts(client("dana"), replies=[letter], ratings=ratings("dana", 5, 6, 7, 5, 6))))

    assert "Sleep? – 7 of 10" in text
    assert "Mood? – 3 of 10" in text
    assert "lower than usual" not in text


def test_first_names_are_used_and_surnames_where_two_share_one() -> None:
    people = [client("a", name="Dana Reis"), client("b", name="dana Lind"), client("c", name="Omar Haddad")]

    digest = build(facts(*people, replies=[reply(slug, "Fine.") for slug in "abc"]))

    assert [each.person.name for each in digest.replied] == ["Dana Reis", "dana Lind", "Omar"]


def test_two_clients_of_one_whole_name_are_told_apart_by_their_short_names() -> None:
    people = [client("dana", name="Dana Reis"), client("dana2", name="Dana Reis")]

    digest = build(facts(*people))

    assert [person.name for person in digest.no_news] == ["Dana Reis (dana)", "Dana Reis (dana2)"]


def test_a_couple_on_one_address_is_never_mixed_up() -> None:
    ida, jon = (client(slug, address="lind@example.org") for slug in ("ida", "jon"))
    held = HeldRow(
        letter_id=key("x"), received_at=ago(hours=2), reason="could be from Ida or from Jon", sender="lind@example.org"
    )

    digest = build(facts(ida, jon, replies=[reply("jon", "My own words.")], held=[held]))

    assert [each.person.name for each in digest.replied] == ["Jon"]
    assert [person.name for person in digest.no_news] == ["Ida"]
    assert [each.reason for each in digest.held] == ["could be from Ida or from Jon"]


def test_every_letter_of_the_day_boundary_is_in_exactly_one_place_and_dated_in_both_zones() -> None:
    late = datetime(2027, 3, 15, 6, 50, tzinfo=UTC)  # 14 March 23:50 in Los Angeles, after its clocks went forward
    letter = reply("dana", "Late but here.", at=late)
    who = client("dana", zone="America/Los_Angeles")

    digest = build(facts(who, replies=[letter], now=datetime(2027, 3, 15, 17, tzinfo=UTC)))

    assert len(digest.whole) == 1
    assert "Dana  today 07:50 (Sun 23:50 in Los Angeles)" in render_text(digest)


def test_an_hour_of_difference_is_not_worth_a_bracket() -> None:
    letter = reply("dana", "Fine.", at=ago(hours=3))

    text = render_text(build(facts(client("dana", zone="Europe/Lisbon"), replies=[letter])))

    assert "Dana  today 04:00\n" in text


def test_an_entry_that_stood_in_a_digest_of_unknown_arrival_is_marked_as_repeated() -> None:
    letter = reply("dana", "Good week.", repeated=True)

    assert "Repeated:" in render_text(build(facts(client("dana"), replies=[letter])))


@pytest.mark.parametrize(
    ("letter", "remark"),
    [
        (reply("dana", "Fine.", unconfirmed=True), "From an address not known as theirs, not confirmed."),
        (reply("dana", "Fine.", confidence=0.3), "It was hard to tell what is new here"),
        (reply("dana", "Fine.", note="forwarded letter inside"), "forwarded letter inside"),
        (reply("dana", "Fine.", attachments=["plan.pdf (120 kB)"]), "Attached: plan.pdf (120 kB)"),
        (reply("dana", "", attachments=["plan.pdf (120 kB)"]), "A letter without words."),
        (reply("dana", "resume", kind=EntryKind.STEERING), "A word to the program, which has obeyed it."),
    ],
)
def test_what_is_odd_about_a_letter_is_said_in_a_short_line(letter: ReplyRow, remark: str) -> None:
    assert remark in render_text(build(facts(client("dana"), replies=[letter])))


def test_a_word_that_stopped_prompts_stands_with_the_quiet_not_with_the_replies() -> None:
    stop = reply("kai", "STOP", kind=EntryKind.STEERING)

    digest = build(facts(client("kai", state=ClientState.STOPPED), replies=[stop]))

    assert digest.replied == ()
    assert "Kai: wants no more letters, wrote “STOP” yesterday 21:00." in render_text(digest)


def test_an_out_of_office_notice_is_a_reason_and_still_there_to_read() -> None:
    notice = reply("eva", "I am away until 9 March.", kind=EntryKind.AUTO_REPLY)
    away = AwayRow(client_id=key("eva"), noticed_at=ago(hours=10), until=datetime(2027, 3, 9, tzinfo=UTC).date())

    digest = build(facts(client("eva"), replies=[notice], away=[away]))

    assert digest.counts.replied == 0
    assert [each.standing.reason for each in digest.quiet] == [Reason.AWAY]
    assert digest.whole[0].automatic


def test_the_silent_come_before_those_with_a_reason_and_the_longest_silent_first() -> None:
    people = [client("eva", state=ClientState.PAUSED), client("tom"), client("uma")]
    prompts = [sent("tom", ago(days=7)), sent("uma", ago(days=20))]

    digest = build(facts(*people, sent=prompts))

    assert [each.person.name for each in digest.quiet] == ["Uma", "Tom", "Eva"]


def test_a_dead_address_is_told_once_as_a_delivery_problem_and_its_owner_is_not_quiet() -> None:
    ana = client("ana", delivery=Delivery.DEAD)
    troubles = [TroubleRow(client_id=key("ana"), at=ago(hours=h), what="bounce", detail="no such user") for h in (2, 9)]

    digest = build(facts(ana, sent=[sent("ana", ago(days=9))], troubles=troubles))

    assert (digest.quiet, digest.no_news) == ((), ())
    assert [(each.what, each.count, each.detail) for each in digest.problems] == [("dead", 2, "no such user")]


def test_equal_troubles_of_one_client_are_counted_in_one_line() -> None:
    rows = [TroubleRow(client_id=key("ana"), at=ago(hours=h), what="expired", detail="server away") for h in (1, 2, 3)]

    text = render_text(build(facts(client("ana"), troubles=rows)))

    assert "Ana: 3 letters could not go in time (server away)" in text


def test_a_delivery_report_without_a_trouble_is_told_all_the_same() -> None:
    digest = build(facts(client("ana"), replies=[reply("ana", "", kind=EntryKind.BOUNCE, note="mailbox full")]))

    assert [(each.what, each.detail) for each in digest.problems] == [("bounce", Failure.FULL)]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            TroubleRow(client_id=key("ana"), at=ago(hours=1), what="refused", detail="550 <…> unknown", status="5.1.1"),
            "Ana: a letter was refused (no such user), today 06:00.",
        ),
        (
            TroubleRow(client_id=key("ana"), at=ago(hours=1), what="refused", detail="554 5.7.1 go away", status=""),
            "Ana: a letter was refused (refused by a rule or a spam filter), today 06:00.",
        ),
        (
            TroubleRow(client_id=key("ana"), at=ago(hours=1), what="refused", detail="550 Tuesdays are full moons"),
            "Ana: a letter was refused (550 Tuesdays are full moons), today 06:00.",
        ),
        (
            TroubleRow(
                client_id=key("ana"), at=ago(hours=1), what="expired", detail="it was never tried", prompt="w/p"
            ),
            "Ana: a letter could not go in time (w/p: it was never tried), today 06:00.",
        ),
        (
            TroubleRow(client_id=key("ana"), at=ago(hours=1), what="cap", detail="", prompt="w/p"),
            "Ana: a letter was left out, as there had been enough of them that day (w/p), today 06:00.",
        ),
        (
            TroubleRow(
                client_id=key("ana"), at=ago(hours=1), what="unknown", detail="", prompt="w/p", letter="00ab12cd"
            ),
            "Ana: a letter may or may not have arrived; it is not sent twice (w/p), today 06:00. Did it arrive? Once "
            "that is known: mailer outbox settle 00ab12cd --sent, or --not-sent (with --again it goes out once more).",
        ),
    ],
)
def test_what_did_not_go_is_told_with_its_prompt_and_the_reason_in_words(row: TroubleRow, told: str) -> None:
    text = render_text(build(facts(client("ana"), sent=[sent("ana", ago(days=1))], troubles=[row])))

    assert told in " ".join(text.split())


def test_a_delay_is_not_called_a_letter_that_came_back() -> None:
    row = reply("ana", "", kind=EntryKind.BOUNCE, note=Failure.DELAYED)

    text = render_text(build(facts(client("ana"), replies=[row])))

    assert "Ana: a letter is not there yet; it is still tried, " in text
    assert "came back" not in text


def test_two_letters_of_unknown_fate_are_told_one_by_one() -> None:
    rows = [
        TroubleRow(client_id=key("ana"), at=ago(hours=1), what="unknown", detail="", prompt="w/p", letter=letter)
        for letter in ("00ab12cd", "00ab12ce")
    ]

    text = " ".join(render_text(build(facts(client("ana"), sent=[sent("ana", ago(days=1))], troubles=rows))).split())

    assert text.count("mailer outbox settle") == 2


def test_a_trouble_with_a_word_nobody_knows_is_still_told() -> None:
    row = TroubleRow(client_id=None, at=ago(hours=1), what="eaten-by-the-dog", detail="")

    assert "Other mail: a letter did not go" in render_text(build(facts(troubles=[row])))


def test_todays_sessions_stand_in_order_with_what_helps_to_prepare() -> None:
    digest = build(
        facts(
            client("tom"),
            client("priya"),
            client("rui"),
            sessions=[
                session("priya", datetime(2027, 3, 3, 13, tzinfo=UTC)),
                session("tom", datetime(2027, 3, 3, 8, tzinfo=UTC), number=2),
                session("rui", datetime(2027, 3, 3, 15, tzinfo=UTC), state=SessionState.CANCELLED),
            ],
            sent=[sent("tom", ago(days=9))],
            ratings=ratings("priya", 3, 5, 6, 7, last=ago(days=8)),
        )
    )
    text = render_text(digest)

    assert [each.person.name for each in digest.sessions] == ["Tom", "Priya", "Rui"]
    assert "09:00  Tom  session 2\n  9 days without an answer." in text
    assert "14:00  Priya  session 5\n  Rating 5, 6, 7 (last 4 weeks)" in text
    assert "16:00  Rui  session 5 · cancelled" in text


def test_ten_clients_are_expanded_and_the_others_named_but_all_letters_follow() -> None:
    people = [client(f"c{n:02}", name=f"Client{n:02} Lind") for n in range(13)]

    digest = build(facts(*people, replies=[reply(who.slug, "Good week.", questions=["How?"]) for who in people]))

    assert len(digest.replied) == 10
    assert "3 more replied, in full below: Client10, Client11, Client12" in render_text(digest).replace("\n", " ")
    assert [each.person.name for each in digest.whole] == [f"Client{n:02}" for n in range(13)]
    assert [bool(each.questions) for each in digest.whole] == [False] * 10 + [True] * 3


def test_a_very_long_reply_is_cut_in_full_with_the_number_of_words_kept_in_the_store() -> None:
    digest = build(facts(client("dana"), replies=[reply("dana", "word " * (WORDS_IN_FULL + 321))]))

    assert word_count(digest.whole[0].text) == WORDS_IN_FULL
    assert "321 more words are kept whole in the store." in render_text(digest)


@pytest.mark.parametrize("piece", ["word ", "x", "今日", "😀", "a\n\n"])
def test_a_digest_never_grows_beyond_what_a_mailbox_takes(piece: str) -> None:
    people = [client(f"c{n:02}") for n in range(60)]
    letters = [reply(who.slug, piece * (40_000 // len(piece))) for who in people]

    digest = build(facts(*people, replies=letters))

    assert sum(len(each.text.encode()) for each in digest.whole) <= ROOM_IN_FULL
    assert len(render_text(digest).encode()) < 480_000
    assert len(digest.whole) + digest.whole_left_out == 60


def test_a_letter_of_someone_who_has_left_is_not_lost() -> None:
    gone = client("kai", state=ClientState.LEFT)

    digest = build(facts(gone, replies=[reply("kai", "One last word.")]))

    assert digest.counts.clients == 0
    assert "Someone who is no longer a client" in render_text(digest)
    assert "One last word." in render_text(digest)


def test_without_an_answer_address_no_way_to_answer_is_promised() -> None:
    letter = reply("dana", "Is that normal?")

    without = render_text(build(facts(client("dana"), replies=[letter])))
    with_one = render_text(build(facts(client("dana"), replies=[letter], answers={"dana": "dana@example.org"})))

    assert "Answer" not in without
    assert with_one.count("Answer Dana: dana@example.org") == 1


def test_receipts_and_reactions_are_counted_and_not_answered() -> None:
    digest = build(facts(client("dana"), replies=[reply("dana", "", kind=EntryKind.OTHER)]))

    assert digest.counts.replied == 0
    assert "Receipts, reactions or calendar answers: Dana" in render_text(digest)


def test_the_last_seven_days_are_counted_in_sent_and_answered() -> None:
    rows = [
        sent("dana", ago(days=8), answered_after=timedelta(hours=1)),
        sent("dana", ago(days=6), answered_after=timedelta(hours=1)),
        sent("dana", ago(days=1)),
    ]

    assert "Sent 2, answered 1 in the last 7 days." in render_text(build(facts(client("dana"), sent=rows)))
