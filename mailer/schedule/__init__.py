"""What is asked when: the language of schedule files, reading them, and planning from them. Pure but for reading files.

when.py, when_grammar.py, when_words.py, when_meaning.py, cron.py   the `when` line: its values and their spellings
when_parse.py, doubts/                                              reading it, and what is said of one that is unclear
audience.py, conditions.py, expression.py                           whom it is for, and when it had better not go
tables.py, findings.py, wording.py, crossings.py                    what may stand in a file, and what is wrong there
schedule_file.py, load.py                                           from files to a book, or to all their problems
book.py, texts.py                                                   what a book, a schedule and a prompt are
clock.py, calendars.py, anchored.py, due.py                         from `when` and facts to occurrences
decide.py, plan.py                                                  from occurrences to decisions; the door to planning
"""
