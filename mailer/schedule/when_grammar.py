"""How people write a `when`: the grammar of its spellings.

Read by lark as LALR(1) with the contextual lexer, so that "second", "30" or "h" mean what their place allows. "the" is
noise and "at" may be left out. Refused is only what can be misread: an hour without minutes ("at 8": morning or
evening?), dates in figures whose order differs between countries, and midnight, which belongs to two days.
"""

from __future__ import annotations

GRAMMAR = r"""
?start: weekly | every_days | every_weeks | monthly | on_date | programme_day | programme_week | around_session
      | around_promise | before_end | silence | after_prompt | after_answer | cron

weekly: _EVERY (days | any_day) _at times | _ON? plural _at times | _EVERY _WEEK _ON days _at times
every_days: _EVERY (NUMBER | OTHER) _DAY_UNIT _at times
every_weeks: _EVERY (NUMBER | OTHER) _WEEK _ON days _at times | _EVERY OTHER days _at times
monthly: _EVERY? _nth DAY _OF (_EVERY | _EACH)? _MONTH _at times
on_date: _ON? ISO_DATE _at times | _ON? NUMBER MONTH YEAR _at times
programme_day: _DAY_UNIT NUMBER _at TIME
programme_week: _WEEK NUMBER _ON? DAY _at TIME
cron: _CRON CRON_FIELD+

around_session: span BEFORE which clock? | span? AFTER which clock? | same_day which clock
around_promise: span (BEFORE | AFTER) _PROMISE clock | same_day _PROMISE clock
before_end: span BEFORE _END clock | same_day _END clock | _ON? LAST _DAY_UNIT clock
silence: AFTER span _OF _SILENCE clock?
after_prompt: span AFTER PROMPT clock?
after_answer: span? AFTER _ANSWER _TO PROMPT clock?

which: _SESSION | (_EACH | _EVERY) _SESSION | (FIRST | LAST) _SESSION | _SESSION NUMBER
same_day: _ON? _DAY_UNIT _OF
!span: NUMBER? (_MINUTES | _HOURS | _DAY_UNIT | _WEEK)
clock: _AT? TIME
_at: _AT?
_nth: ORDINAL | FIRST | LAST
times: TIME (_and TIME)*
days: _some_days (_and _some_days)*
_some_days: one_day | from_to | working_days
one_day: DAY
from_to: DAY _TO DAY
working_days: _WORKDAY
any_day: _DAY_UNIT
plural: plural_day (_and plural_day)* | workdays | daily
plural_day: PLURAL
workdays: _WORKDAYS
daily: _DAILY
_and: _COMMA | _AND | _COMMA _AND

_EVERY.3: /every\b/i
_EACH.3: /each\b/i
OTHER.3: /other\b/i
FIRST.3: /(first|1st)\b/i
LAST.3: /last\b/i
ORDINAL.3: /(second|third|fourth|2nd|3rd|4th)\b/i
_AT.3: /at\b|@/i
_AND.3: /and\b|&/i
_COMMA.3: ","
_ON.3: /on\b/i
_OF.3: /(of|in)\b/i
_TO.3: /(to|until|till|through)\b|[-–]/i
BEFORE.3: /before\b/i
AFTER.3: /after\b/i
_MONTH.3: /month\b/i
_SESSION.3: /sessions?\b/i
_PROMISE.3: /promise\b/i
_END.3: /end\b/i
_SILENCE.3: /silence\b/i
_ANSWER.3: /(answer|reply)\b/i
_CRON.3: /cron\b:?/i
_DAILY.2: /daily\b/i
_WORKDAY.2: /(weekday|workday|working\s+day)\b/i
_WORKDAYS.2: /(weekdays|workdays|working\s+days)\b/i
PLURAL.2: /(mon|tues|wednes|thurs|fri|satur|sun)days\b/i
DAY.1: /(mon(day)?|tue(s(day)?)?|wed(nes(day)?)?|thu(rs?(day)?)?|fri(day)?|sat(ur(day)?)?|sun(day)?)s?\b/i
_MINUTES.1: /min(ute)?s?\b/i
_HOURS.1: /(hours?|hrs?|h)\b/i
_DAY_UNIT.1: /(days?|d)\b/i
_WEEK.1: /(weeks?|w)\b/i
MONTH.1: /(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sep(t(ember)?)?|oct(ober)?)\b/i
       | /(nov(ember)?|dec(ember)?)\b/i
YEAR.1: /\d{4}\b/
ISO_DATE.4: /\d{4}-\d{1,2}-\d{1,2}\b/
TIME.4: /(\d{1,2}[:.h]\d{2}(\s*[ap]\.?m\b\.?)?|\d{1,2}\s*[ap]\.?m\b\.?|noon\b|midday\b)/i
NUMBER.1: /(\d+(?![\d:.])|(a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b)/i
PROMPT: /["'“”„]\s*[\w.-]+\s*["'“”]/
CRON_FIELD.-1: /\S+/
%ignore /\s+/
%ignore /the\b/i
"""

# A word a person could have meant in the place of each terminal, the likeliest spelling first.
SAMPLES: dict[str, tuple[str, ...]] = {
    "_EVERY": ("every",),
    "OTHER": ("other",),
    "FIRST": ("first",),
    "LAST": ("last",),
    "ORDINAL": ("second", "third", "fourth"),
    "_AT": ("at",),
    "_ON": ("on",),
    "_OF": ("of",),
    "BEFORE": ("before",),
    "AFTER": ("after",),
    "_MONTH": ("month",),
    "_SESSION": ("session",),
    "_PROMISE": ("promise",),
    "_END": ("end",),
    "_SILENCE": ("silence",),
    "_ANSWER": ("answer",),
    "_TO": ("to",),
    "_CRON": ("cron",),
    "_WORKDAY": ("weekday",),
    "DAY": ("Friday", "Monday", "Tuesday", "Wednesday", "Thursday", "Saturday", "Sunday"),
    "_HOURS": ("hours",),
    "_MINUTES": ("minutes",),
    "_DAY_UNIT": ("days", "day"),
    "_WEEK": ("weeks", "week"),
    "MONTH": ("December",),
    "YEAR": ("2027",),
    "ISO_DATE": ("2027-03-01",),
    "TIME": ("09:00",),
    "NUMBER": ("2",),
    "PROMPT": ('"prep"',),
    "CRON_FIELD": ("*",),
}
