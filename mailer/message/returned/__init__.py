"""What did the way do to a letter that an account wrote to itself, and what follows for letters to clients?

compare.py   every finding about a letter that came
letter.py    the letter as it went and as it came, and how findings are written
routes.py    what leads answers back: From, Reply-To, the plus address, Message-ID, References, the envelope
content.py   what people read: date, subject, text, and the marks for programs
stamp.py     what the host says about the sender: SPF, DKIM, DMARC
"""
