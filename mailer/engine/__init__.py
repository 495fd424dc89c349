"""The composition root: what the program is put together from when it runs.

opening.py   databases, vault, schedules and templates become an Office
shelf.py     schedules and templates while they are edited: the last good ones stay in force
lock.py      one engine per data folder on SQLite
worker.py    one worker: a bell, a step, a heartbeat
bells.py     APScheduler, which only rings
post.py      an account's two ends, each as a worker's work
alarm.py     the operator reached where no letter can be sent
once.py      every step until nothing is left to do
run.py       all of it until a signal comes
"""
