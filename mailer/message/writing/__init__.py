"""From templates and facts to the bytes of a letter.

letter.py      who writes to whom, about what, in which conversation
template.py    Markdown and Jinja to text and HTML that say the same (facts, sealed, prose, html_page, wording)
compose.py     a draft to wire bytes (bodies, header_lines, encoded_words, mailbox)
ids.py         Message-IDs and addresses built round a token
own_headers.py what tells other programs that a program wrote this
"""
