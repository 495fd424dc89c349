"""A small world on this machine, in which the program can be seen at work and tested: `mailer demo`.

mailbox_server.py  an IMAP server with a mailbox for everyone
post_office.py     an SMTP server that fills them
programs.py        how mail programs write an answer: Gmail, Outlook, Apple Mail, a webmail, an absence notice
people.py          a coach, her clients, and what they write
installation.py    an installation like any other, in a folder that is gone afterwards
week.py            a week, moved from event to event
stage.py           what is shown of it
verdict.py         did everything arrive where it belongs?
demo.py            all of it
"""
