"""The program as a timer starts it: processes of their own, a real SMTP server and a real IMAP server."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from datetime import timedelta
from email.message import EmailMessage

from mailer.cli.desk import machine_time as now
from mailer.config import load_config
from mailer.engine.opening import open_office
from mailer.flow.enqueue import take_in_book
from mailer.model.people import NewClient
from mailer.store import clients
from tests.cli.operator import CONFIG, MAILER, Operator, Said
from tests.house import parsed, plain, reply, to
from tests.servers.dovecot import Box
from tests.servers.scripted_smtp import At, ScriptedSmtp, Then, Twist
from tests.servers.smtp import SmtpServer

DANA, PETRA = "dana@example.org", "petra@coach.example.org"

SCHEDULE = """
title = "Every day"
for   = "everyone"

[[prompt]]
id        = "day"
when      = "every day at {time:%H:%M}"
max_late  = "6 hours"
subject   = "One question"
questions = [{{ask = "How was today, 1 to 10?", answer = "rating"}}, "What got in the way?"]
"""


def set_up(operator: Operator, box: Box, *, smtp_port: int) -> None:
    """Dana is on a schedule that asked for a letter half an hour ago, and was there before.

    Everything goes by the machine's own time: real servers have no other.
    """
    operator.clock = now
    before = now() - timedelta(hours=1)
    config = CONFIG.format(address=box.address, smtp=smtp_port, imap=box.plain_server.port)
    hour = (before - timedelta(minutes=5)).strftime("%H:%M")  # was over when the practice began: no digest of its own
    config = config.replace('zone = "Europe/Berlin"', f'zone = "UTC"\ndigest_at = "{hour}"')
    operator.write("config.toml", f'{config}\n[quiet_times]\nhours = ""\n')
    operator.write("schedules/daily.toml", SCHEDULE.format(time=now() - timedelta(minutes=30)))
    (operator.folder / "schedules/weekly-checkin.toml").unlink()
    settings = load_config(operator.folder / "config.toml", env=operator.env)
    dana = NewClient(slug="dana", name="Dana Reis", address=DANA, coach="petra", zone="UTC")
    with open_office(settings, now=before) as (office, _):
        office.db.write(clients.add_client, office.vault, dana, now=before)
        asyncio.run(take_in_book(office, now=before))


def send(box: Box, letter: EmailMessage) -> None:
    """A letter arrives in the mailbox."""
    box.deliver(letter.as_bytes(), sender=str(letter["From"]))


def went_well(said: Said) -> bool:
    """Nothing but a log without private words."""
    private = (DANA, "Dana", "Two late evenings", "One question")
    return (said.code, said.out) == (0, "") and not any(word in said.err for word in private)


def stranger(box: Box, sender: str = "Dana <dana@elsewhere.example.net>") -> EmailMessage:
    """A letter from an address nobody knows."""
    letter = EmailMessage()
    letter["From"], letter["To"] = sender, box.address
    letter["Subject"], letter["Message-ID"] = "From my new address", "<new-address@elsewhere.example.net>"
    letter.set_content("I write from here now.")
    return letter


def test_a_prompt_a_reply_and_a_digest(operator: Operator, box: Box, smtp_server: SmtpServer) -> None:
    set_up(operator, box, smtp_port=smtp_server.account.port)

    # The prompt goes out, once.
    assert went_well(operator.start("once"))
    [prompt] = to(smtp_server.delivered, DANA)
    assert parsed(prompt)["Subject"] == "One question"
    assert [row["state"] for row in operator.type("outbox list --all --json").json] == ["sent"]
    assert operator.type("outbox list").out == "nothing waits\n"

    # Her reply is filed under its questions.
    send(box, reply(prompt, "1. 7\n\n2. Two late evenings."))
    assert went_well(operator.start("once"))
    [conversation] = operator.type("thread dana --json").json
    assert [entry["kind"] for entry in conversation["entries"]] == ["prompt", "reply"]
    assert [one["value"] for one in conversation["entries"][1]["answers"]] == [7.0, None]
    thread = operator.type("thread dana").out
    assert "1. How was today, 1 to 10? [7.0]" in thread
    assert "Two late evenings." in thread

    # Her coach can see what the digest will say, and have it now.
    shown = operator.type("digest --dry-run --html digest.html")
    assert "Two late evenings." in shown.out
    assert "Two late evenings." in (operator.folder / "digest.html").read_text("utf-8")
    assert operator.type("digest").err == "mailer: queued; `mailer run` or `mailer once` sends it\n"
    operator.start("once")
    digests = to(smtp_server.delivered, PETRA)
    assert "Two late evenings." in plain(digests[0])
    assert len(to(smtp_server.delivered, DANA)) == 1

    # All of it was seen, and is well.
    status = operator.type("status --json")
    assert (status.code, status.json["well"], status.json["alarms"]) == (0, True, [])
    assert operator.type("status").out.startswith("all is well\n  once: last seen ")


def test_letters_that_wait_are_assigned_or_discarded_by_hand(
    operator: Operator, box: Box, smtp_server: SmtpServer
) -> None:
    set_up(operator, box, smtp_port=smtp_server.account.port)
    operator.start("once")
    send(box, stranger(box))
    send(box, stranger(box, "Mallory <mallory@example.net>"))
    operator.start("once")

    # They are listed, and status says that someone is needed.
    [waiting, nothing] = operator.type("inbox list --json").json
    assert (waiting["from"], waiting["reason"]) == ("dana@elsewhere.example.net", "unknown sender")
    assert operator.type("status").code == 1
    assert "  ! 2 letter(s) wait for a person: `mailer inbox list`\n" in operator.type("status").out
    short = waiting["id"][-8:]
    assert short in operator.type("inbox list").out
    shown = operator.type(f"inbox show {short}").out
    assert shown.startswith("Waits because: unknown sender\nFrom: Dana <dana@elsewhere.example.net>\n")
    assert "I write from here now." in shown
    assert (
        b"Message-ID: <new-address@elsewhere.example.net>" in operator.start(f"inbox show {short} --raw").out.encode()
    )

    # A person knows whose it is.
    assert operator.type(f"inbox assign {short} dana").out == "filed for dana; `mailer thread dana` shows it\n"
    assert "I write from here now." in operator.type("thread dana").out
    assert operator.type(f"inbox discard {nothing['id']}").out == "discarded\n"
    assert operator.type("inbox list").out == "no letter waits\n"
    assert operator.type(f"inbox assign {short} dana").code == 1


def test_a_confirmed_address_files_what_waits(operator: Operator, box: Box, smtp_server: SmtpServer) -> None:
    set_up(operator, box, smtp_port=smtp_server.account.port)
    operator.start("once")
    send(box, stranger(box))
    operator.start("once")

    operator.type("inbox alias dana dana@elsewhere.example.net")
    replayed = operator.type("inbox replay")
    operator.start("once")

    assert replayed.out == "1 letter is read again by `mailer run`, or the next `mailer once`\n"
    assert "I write from here now." in operator.type("thread dana").out
    assert operator.type("inbox replay").out == "no letter waits\n"


async def test_a_letter_of_unknown_fate_is_shown_and_settled_by_hand(operator: Operator, box: Box) -> None:
    async with ScriptedSmtp(Twist(at=At.DOT, then=Then.CLOSE)) as server:
        await asyncio.to_thread(set_up, operator, box, smtp_port=server.account().port)
        await asyncio.to_thread(operator.start, "once")
        await asyncio.to_thread(operator.start, "once")
        assert len(server.letters) == 1

    [row] = operator.type("outbox list --json").json
    assert (row["state"], row["client"], row["kind"]) == ("unknown", "dana", "prompt")
    told = operator.type("status").out
    assert "! dana, daily/day of " in told
    assert f"may or may not have arrived: `mailer outbox settle {row['id'][-8:]} --sent` or --not-sent" in told
    assert operator.type(f"outbox settle {row['id'][-8:]} --sent").out == "settled: it was sent\n"
    assert [one["state"] for one in operator.type("outbox list --all --json").json] == ["sent"]
    again = operator.type(f"outbox settle {row['id'][-8:]} --not-sent")
    assert (again.code, again.err) == (
        1,
        "mailer: only a letter whose fate is unknown can be settled; this one is sent\n",
    )


def test_a_server_that_is_away_is_said_and_the_letter_stays(operator: Operator, box: Box) -> None:
    set_up(operator, box, smtp_port=1)

    said = operator.start("once")

    assert (said.code, said.out) == (1, "")
    assert "mailer: account main: sending is paused: " in said.err
    assert [row["state"] for row in operator.type("outbox list --json").json] == ["queued"]
    assert operator.type("status").code == 1
    assert operator.type("outbox retry").out == "held letters to be tried again: 0; pauses lifted: 1\n"


def test_run_says_that_it_started_and_ends_quietly_when_told(
    operator: Operator, box: Box, smtp_server: SmtpServer
) -> None:
    set_up(operator, box, smtp_port=smtp_server.account.port)
    with subprocess.Popen(
        [*MAILER, "run"], cwd=operator.folder, env=operator.environment, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        log = []
        for line in process.stderr:
            log.append(line)
            if "sent outgoing=" in line:
                process.send_signal(signal.SIGTERM)

    assert process.returncode == 0
    assert "started practices=1 rehearse=False" in log[0]
    assert "stopped" in log[-1]
    assert len(to(smtp_server.delivered, DANA)) == 1
