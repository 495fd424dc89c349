"""Five schedules as operators write them, each lived through at the terminal: planned, let run, and compared.

Taken: the five stories (a twelve-week programme, a team of forty, two languages, a quiet August, one question
tomorrow) are written here and nowhere else.
"""
