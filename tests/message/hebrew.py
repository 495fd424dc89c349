"""A language written from right to left, as an operator would add it: no such language is shipped."""

HEBREW = {
    "words.toml": """
[he]
direction = "rtl"
reply = "אפשר פשוט להשיב. גם תשובה קצרה טובה."
reply_one = "אפשר פשוט להשיב."
one_of = "אחת מאלה:"
foot = "{{ coach.first_name }} בחרה את השאלות; תוכנה שולחת אותן. {{ coach.first_name }} קוראת את התשובות."
steer = "השיבו PAUSE להפסקה, STOP לסיום."
foot_notice = "תוכנה כתבה את התשובה הזאת. {{ coach.first_name }} רואה גם אותה."
rehearsal = "חזרה: המכתב הזה היה נשלח אל {{ client.name }}."
rehearsal_subject = "[חזרה]"
day = "יום {weekday}, {day} ב{month}"
moment = "{day} בשעה {time}"
weekdays = ["שני", "שלישי", "רביעי", "חמישי", "שישי", "שבת", "ראשון"]
months = ["ינואר", "פברואר", "מרץ", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר", "נובמבר", "דצמבר"]
""",
    "prompt.he.md": """שלום {{ client.first_name }},

- אחת (1)
- שתיים

> ציטוט

{{ questions }}
""",
}
