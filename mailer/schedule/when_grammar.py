"""How people write a `when`: the grammar of its spellings.

Read by lark as LALR(1) with the contextual lexer, so that "second", "30" or "h" mean what their place allows. "the" is
noise and "at" may be left out. Refused is only what can be misread: an hour without minutes ("at 8": morning or
evening?), dates in figures whose order differs between countries, and midnight, which belongs to two days.
"""

from __future__ import annotations

GRAMMAR = r"""
?start: weekly | every_days | every_weeks | fortnightly | monthly | on_date | programme_day | first_day
      | programme_week | around_session | session_day | around_promise | before_end | silence | after_prompt
      | after_answer | cron

weekly: _EVERY (days | any_day) _at times | _ON? plural _at times | (_EVERY _WEEK | _WEEKLY) _ON? days _at times
      | _at times (_EVERY (days | any_day) | _ON? plural)
every_days: _EVERY (NUMBER | OTHER) _DAY_UNIT _at times
every_weeks: _EVERY (NUMBER | OTHER) _WEEK _ON? days _at times | _EVERY OTHER days _at times
fortnightly: (_EVERY _FORTNIGHT | _FORTNIGHTLY) _ON? days _at times
monthly: _EVERY? _nth DAY _OF _EVERY? _MONTH _at times | _ON _nth DAY _OF _EVERY? _MONTH _at times
       | (_MONTHLY | _EVERY _MONTH) _ON? _nth DAY _at times
on_date: _ON? ISO_DATE (_at | _ISO_T) times | _ON? _date_day _OF? MONTH YEAR _at times
       | _ON? MONTH _date_day _COMMA? YEAR _at times
programme_day: _ON? _DAY_UNIT NUMBER _at TIME
first_day: _ON? FIRST _DAY_UNIT _at TIME
programme_week: _WEEK NUMBER _ON? DAY _at TIME | _ON? DAY _OF _WEEK NUMBER _at TIME
cron: _CRON CRON_FIELD+

around_session: span BEFORE (_STARTS _OF)? which _STARTS? clock?
              | (span | _RIGHT)? AFTER (_END _OF)? which _ENDS? clock?
              | same_day which clock
session_day: _ON? _SESSION _DAY_UNIT clock
around_promise: span (BEFORE | AFTER) _PROMISE clock | same_day _PROMISE clock | _ON? _PROMISED _DAY_UNIT clock
before_end: span BEFORE _END clock | same_day _END clock | _ON? LAST _DAY_UNIT clock
silence: AFTER span (_OF _SILENCE | _WITHOUT) clock?
after_prompt: span AFTER PROMPT _SENT? clock?
after_answer: (span | _RIGHT)? AFTER (_ANSWER _TO PROMPT | PROMPT _ANSWERED) clock?

which: _SESSION | _EVERY _SESSION | (FIRST | LAST | ORDINAL | NTH) _SESSION | _SESSION _NUMERO? NUMBER
same_day: _ON? _DAY_UNIT _OF
!span: NUMBER? (_MINUTES | _HOURS | _DAY_UNIT | _WEEK) | HALF_HOUR
clock: _at_clock TIME
_at_clock: _AT?
_at: _AT?
_nth: ORDINAL | FIRST | LAST
_date_day: NUMBER | ORDINAL | FIRST | NTH
times: TIME (_and TIME)*
days: _some_days (_and? _some_days)*
_some_days: one_day | from_to | working_days | weekend
one_day: DAY
from_to: DAY _TO DAY
working_days: _WORKDAY
weekend: _WEEKEND
any_day: _DAY_UNIT
plural: plural_day (_and? plural_day)* | workdays | weekend | daily
plural_day: PLURAL
workdays: _WORKDAYS
daily: _DAILY
_and: _COMMA | _AND | _COMMA _AND

_EVERY.3: /(every(\s+single)?|each)\b/i
OTHER.3: /other\b/i
FIRST.3: /(first|1st)\b/i
LAST.3: /last\b/i
ORDINAL.3: /(second|third|fourth|2nd|3rd|4th)\b/i
NTH.2: /\d{1,3}(st|nd|rd|th)\b/i
_AT.4: /,?\s*at\b|@|,(?=\s*\d)/i
_ISO_T.4: /t(?=\d)/i
_AND.3: /and\b|&/i
_COMMA.3: /[,\/]/
_ON.3: /on\b/i
_OF.3: /(of|in)\b/i
_TO.3: /(to|until|till|thru|through)\b|[-–]/i
BEFORE.3: /before\b|prior\s+to\b|ahead\s+of\b/i
AFTER.3: /after\b/i
_RIGHT.3: /(right|straight|directly|immediately)\b/i
_MONTH.3: /month\b/i
_MONTHLY.3: /monthly\b/i
_SESSION.3: /(an?\s+)?sessions?\b/i
_STARTS.3: /(starts?|begins|beginning)\b/i
_ENDS.3: /ends\b|is\s+over\b/i
_PROMISE.3: /(an?\s+)?promises?\b/i
_PROMISED.3: /promised\b/i
_END.3: /end\b/i
_SILENCE.3: /silence\b/i
_WITHOUT.3: /with(out|\s+no)\s+(an?\s+|any\s+)?(repl(y|ies)|answers?|word)\b/i
_ANSWER.3: /(an?\s+)?(answer|reply)\b/i
_ANSWERED.3: /((is|was|has\s+been)\s+)?answered\b/i
_SENT.3: /(is|was|has\s+been)\s+sent\b|(goes|went|has\s+gone)\s+out\b/i
_NUMERO.3: /#|(no|nr)\b\.?|number\b/i
_CRON.3: /cron\b:?/i
_DAILY.2: /((once\s+)?daily|once\s+a\s+day|everyday)\b/i
_WEEKLY.2: /(weekly|once\s+a\s+week)\b/i
_FORTNIGHT.2: /fortnight\b/i
_FORTNIGHTLY.2: /fortnightly\b/i
_WORKDAY.2: /(weekday|workday|(working|business)\s+day)\b/i
_WORKDAYS.2: /(weekdays|workdays|(working|business)\s+days)\b/i
_WEEKEND.2: /week-?ends?\b/i
PLURAL.2: /(mon|tues|wednes|thurs|fri|satur|sun)days\b/i
DAY.1: /(mon(day)?|tue(s(day)?)?|wed(nes(day)?)?|thu(rs?(day)?)?|fri(day)?|sat(ur(day)?)?|sun(day)?)s?\b\.?/i
_MINUTES.1: /min(ute)?s?\b/i
_HOURS.1: /(hours?|hrs?|h)\b/i
HALF_HOUR.2: /half\s+an?\s+hour\b/i
_DAY_UNIT.1: /(days?|d)\b/i
_WEEK.1: /(weeks?|w)\b/i
MONTH.1: /(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sep(t(ember)?)?|oct(ober)?)\b\.?/i
       | /(nov(ember)?|dec(ember)?)\b\.?/i
YEAR.1: /\d{4}\b/
ISO_DATE.4: /\d{4}[-\/.]\d{1,2}[-\/.]\d{1,2}(?![\d.])/
TIME.4: /\d{1,2}[:.h]\d{2}(:00)?(?![\d:.]\d)(\s*[ap]\.?m\b\.?|\s*(h|hrs|hours|uhr)\b)?/i
      | /\d{1,2}\s*[ap]\.?m\b\.?|(12\s*)?(noon|midday)\b/i
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
    "NTH": ("6th",),
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
