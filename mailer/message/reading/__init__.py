"""From any bytes to what a letter is, what is new in it, and which question it answers. Nothing here raises.

read.py        all of it: what `mailer read` prints
parse.py       bytes to a Letter (mime, headers, charset, text_parts, html_text, flowed, tnef, smime ...)
classify.py    person or machine, and what a report says (bounce*, automatic*)
extract.py     the writer's own words (quotes*, markers*, signature*)
answers.py     which words answer which question (ratings, values)
words.py       STOP, PAUSE, RESUME
tables/        the words of languages and mail programs
"""
