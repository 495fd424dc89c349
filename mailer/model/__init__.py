"""The nouns every room shares: frozen, keyword-only, aware of time zones, and without behaviour of their own.

people.py    practice, coach, client, enrolment, session
places.py    accounts and servers, secrets
plan.py      questions, dues and decisions
outgoing.py  drafts, letters on the wire, outcomes
incoming.py  letters as received, what they are, what is new in them, whose they are
filing.py    keeping letters, and saying whose they are
report.py    what a digest is built from
"""
