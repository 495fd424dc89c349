"""What others would write for the same letters: `python benchmarks/peers.py VARIANT PORT LETTERS FOLDER`.

    plain      the plainest script: Jinja2, Markdown, EmailMessage, aiosmtplib over one open connection
    bytes      the same, with the letter's bytes written by hand
    mailmerge  the program of that name, as its users run it

None of them plans, encrypts, or writes down what it did; each is measured over all it does.
"""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from time import perf_counter, process_time

import aiosmtplib
import jinja2
from markdown_it import MarkdownIt
from peak import peak_megabytes

SENDER = "petra@example.org"
SUBJECT = "Your week in four lines"
LETTER = """\
Hello {{ first_name }},

A few questions from Petra, for when you have a quiet moment.

1. How was this week, 1 to 10?
2. What got in the way?
3. What will you do before next Friday, and when?

Just press Reply. Short is fine, and you can write your answers under the questions.

---

Petra chose these questions; a program sends them. Petra reads your answers.
Reply PAUSE for a break, STOP to end these emails.
"""
MAILMERGE_HEAD = f"""\
TO: {{{{ email }}}}
SUBJECT: {SUBJECT}
FROM: Petra Vogl <{SENDER}>
REPLY-TO: Petra Vogl <{SENDER}>
CONTENT-TYPE: text/markdown

"""
PAGE = "<!doctype html>\n<html><body>\n{}</body></html>\n"


def people(letters: int) -> Iterator[dict[str, str]]:
    """Whom the letters are for."""
    for number in range(letters):
        yield {"email": f"client{number}@example.org", "name": f"Client{number} Reis", "first_name": f"Client{number}"}


async def plain(port: int, letters: int) -> None:
    """EmailMessage and send_message."""
    template, markdown = jinja2.Environment(autoescape=False).from_string(LETTER), MarkdownIt()
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as smtp:
        for person in people(letters):
            text = template.render(person)
            message = EmailMessage()
            message["From"] = f"Petra Vogl <{SENDER}>"
            message["To"] = f"{person['name']} <{person['email']}>"
            message["Reply-To"] = f"Petra Vogl <{SENDER}>"
            message["Subject"] = SUBJECT
            message["Date"] = formatdate()
            message["Message-ID"] = make_msgid(domain="example.org")
            message.set_content(text)
            message.add_alternative(PAGE.format(markdown.render(text)), subtype="html")
            await smtp.send_message(message)


async def by_hand(port: int, letters: int) -> None:
    """The same bytes from one format string."""
    template, markdown = jinja2.Environment(autoescape=False).from_string(LETTER), MarkdownIt()
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as smtp:
        for person in people(letters):
            text = template.render(person)
            message = (
                f"From: Petra Vogl <{SENDER}>\nTo: {person['name']} <{person['email']}>\n"
                f"Reply-To: Petra Vogl <{SENDER}>\nSubject: {SUBJECT}\nDate: {formatdate()}\n"
                f"Message-ID: {make_msgid(domain='example.org')}\nMIME-Version: 1.0\n"
                f'Content-Type: multipart/alternative; boundary="=_part"\n\n'
                f'--=_part\nContent-Type: text/plain; charset="utf-8"\nContent-Transfer-Encoding: 7bit\n\n{text}\n'
                f'--=_part\nContent-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: 7bit\n\n'
                f"{PAGE.format(markdown.render(text))}\n--=_part--\n"
            )
            await smtp.sendmail(SENDER, person["email"], message.encode("ascii"))


def mailmerge(port: int, letters: int, folder: Path) -> None:
    """A list, a template and a server, and the command."""
    from click.testing import CliRunner  # noqa: PLC0415 - only here, and it counts as this program's memory
    from mailmerge.__main__ import main  # noqa: PLC0415

    (folder / "template.txt").write_text(MAILMERGE_HEAD + LETTER, "utf-8")
    (folder / "server.conf").write_text(f"[smtp_server]\nhost = 127.0.0.1\nport = {port}\n", "utf-8")
    with (folder / "people.csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, ["email", "name", "first_name"])
        rows.writeheader()
        rows.writerows(people(letters))
    options = ["--no-dry-run", "--no-limit", "--template", str(folder / "template.txt")]
    options += ["--database", str(folder / "people.csv"), "--config", str(folder / "server.conf")]
    result = CliRunner().invoke(main, options, catch_exceptions=False)
    if result.exit_code:
        raise SystemExit(result.output[-2000:])


if __name__ == "__main__":
    variant, where, count, place = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    begun, worked = perf_counter(), process_time()
    if variant == "mailmerge":
        mailmerge(where, count, place)
    else:
        asyncio.run({"plain": plain, "bytes": by_hand}[variant](where, count))
    found = {"seconds": perf_counter() - begun, "processor": process_time() - worked}
    print(json.dumps(found | {"megabytes": peak_megabytes()}))
