"""What mail programs write round a quote, by language: data without code.

headers.py       labels of the header block Outlook and others put above a quote
attributions.py  words of "On Friday Petra wrote:"
markers.py       words of "Original Message", "Begin forwarded message", "please reply above this line"
footers.py       words of mobile footers, legal notices and "external sender" banners
values.py        number words, yes and no
steering.py      STOP, PAUSE, RESUME and the words that may stand beside them
"""
