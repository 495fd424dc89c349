"""E-mail as bytes and words, without a network, a clock or a database.

writing/   from templates and facts to the bytes of a letter
reading/   from any bytes to what a letter is, what is new in it, and which question it answers
token.py   the references that tie the two together
asked.py   what a letter of ours asked, kept to recognise its quotes
whose.py   whose a letter is, from what it says and what the store knows
"""
