"""The coach's daily mail: from the day's facts to what is read in two minutes on a phone.

    digest = build(facts)          decide: who is told of, in which order, by which words of their own
    subject(digest)                neutral numbers
    render_text(digest)            the same words twice
    render_html(digest)

sentences, summarise, asks    which of a client's words come first
signals, roll, problems       how each client stands
letters, build, parts         what a digest holds
phrases, english, german      the fixed words
times, names, clean, wording  how moments and people are told
opening, layout*, blocks      the mail as blocks
as_text, as_html, html_page   the blocks dressed
"""

from mailer.digest.build import build
from mailer.digest.opening import subject
from mailer.digest.parts import Digest
from mailer.digest.render import render_html, render_text, terminal

__all__ = ["Digest", "build", "render_html", "render_text", "subject", "terminal"]
