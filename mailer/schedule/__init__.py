"""What is asked when: the language of schedule files, reading them, and planning from them. Pure but for reading files.

when.py, when_grammar.py, when_meaning.py, when_parse.py, cron.py   the `when` line: values, spellings, errors
audience.py, conditions.py, expression.py                           whom it is for, and when it had better not go
tables.py, findings.py, wording.py, crossings.py, load.py           from files to a book, or to all their problems
book.py, texts.py                                                   what a book, a schedule and a prompt are
clock.py, calendars.py, anchored.py, due.py                         from `when` and facts to occurrences
decide.py, plan.py                                                  from occurrences to decisions; the door to planning
"""
