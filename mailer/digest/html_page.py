"""What does the page round a digest look like: its frame, its type and its colours?

Paper and ink by day, the same page dimmed by night. System fonts; 16 points for what is read, 14 for what is
glanced at; contrast of at least 4.5 to 1 in both.
"""

from __future__ import annotations

_FONTS = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

STYLES = {
    "opening": "margin:0 0 6px;font-size:17px;line-height:1.5;color:#26231f",
    "heading": (
        "margin:30px 0 10px;padding:10px 0 0;border-top:1px solid #ddd6ca;font-size:13px;line-height:1.4;"
        "font-weight:bold;letter-spacing:.08em;text-transform:uppercase;color:#8a4b1f"
    ),
    "who": "margin:22px 0 4px;font-size:17px;line-height:1.4;color:#26231f",
    "who-first": "margin:0 0 4px;font-size:17px;line-height:1.4;color:#26231f",
    "facts": "font-size:14px;color:#6a635a",
    "bars": "font-family:Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:15px;letter-spacing:2px;color:#8a4b1f",
    "line": "margin:0 0 8px;font-size:16px;line-height:1.5;color:#26231f",
    "asked": "margin:8px 0 2px;font-size:14px;line-height:1.45;color:#6a635a",
    "quote": (
        "margin:4px 0 8px;padding:0 0 0 12px;border-left:3px solid #d9a77f;font-size:16px;line-height:1.5;color:#26231f"
    ),
    "note": "margin:3px 0 7px;font-size:14px;line-height:1.45;color:#6a635a",
    "answer": "margin:2px 0 0;font-size:16px;line-height:1.5",
    "link": "display:inline-block;padding:8px 0;font-weight:bold;color:#8a4b1f;text-decoration:underline",
    "letter": "margin:4px 0 8px;font-size:16px;line-height:1.55;color:#26231f",
    "paragraph": "margin:0 0 10px",
}

_DARK = """\
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.desk{background-color:#161412!important}
.sheet{background-color:#211e1b!important}
.opening,.who,.who-first,.line,.quote,.letter{color:#ece6dc!important}
.facts,.asked,.note{color:#b0a697!important}
.heading,.bars,.link{color:#e8a878!important}
.heading{border-top-color:#423b34!important}
.quote{border-left-color:#8a5a35!important}
}"""

_PAGE = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no">
<title>{title}</title>
<style>
{dark}
</style>
</head>
<body class="desk" style="margin:0;padding:0;background-color:#f4f1ea;-webkit-text-size-adjust:100%">
<!--[if mso]><table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0"><tr><td><![endif]-->
<div class="sheet" style="max-width:600px;margin:0 auto;padding:22px 20px 28px;box-sizing:border-box;\
background-color:#fffdf9;font-family:{fonts};overflow-wrap:break-word;word-break:break-word">
{inner}
</div>
<!--[if mso]></td></tr></table><![endif]-->
</body>
</html>
"""


def page(inner: str, *, title: str, language: str) -> str:
    """The whole document; `inner` and `title` are HTML already."""
    return _PAGE.format(inner=inner, title=title, language=language, dark=_DARK, fonts=_FONTS)
