"""Greetings, thanks and closings that stand round an answer, by language, lower case, without punctuation."""

from __future__ import annotations

from typing import Final

GREETINGS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("hi", "hello", "hey", "dear", "good morning", "good afternoon", "good evening", "morning", "hiya",
           "hi there"),
    "de": ("hallo", "liebe", "lieber", "guten morgen", "guten tag", "guten abend", "sehr geehrte",
           "sehr geehrter", "moin", "servus", "grüezi", "grüß gott", "hoi"),
    "fr": ("bonjour", "bonsoir", "salut", "cher", "chère", "coucou"),
    "es": ("hola", "buenos días", "buenas tardes", "buenas noches", "buenas", "querida", "querido", "estimada",
           "estimado"),
    "nl": ("hallo", "hoi", "beste", "dag", "goedemorgen", "goedemiddag", "goedenavond", "lieve"),
    "pt": ("olá", "oi", "bom dia", "boa tarde", "boa noite", "querida", "querido", "cara", "caro"),
    "it": ("ciao", "buongiorno", "buonasera", "salve", "cara", "caro", "gentile"),
    "sv": ("hej", "hejsan", "god morgon"),
    "da": ("hej", "kære", "godmorgen"),
    "no": ("hei", "kjære", "god morgen"),
    "pl": ("cześć", "dzień dobry", "hej", "witam"),
}  # fmt: skip

THANKS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("thanks", "thank you", "many thanks", "thx", "ty", "thanks a lot", "thanks so much",
           "thank you so much", "thank you very much", "thanks again", "cheers", "much appreciated"),
    "de": ("danke", "vielen dank", "danke dir", "danke schön", "dankeschön", "herzlichen dank", "besten dank",
           "danke ihnen", "danke im voraus", "danke euch"),
    "fr": ("merci", "merci beaucoup", "merci bien", "merci d'avance", "un grand merci"),
    "es": ("gracias", "muchas gracias", "mil gracias", "gracias por todo"),
    "nl": ("bedankt", "dank je", "dank je wel", "dank u", "dank u wel", "dankjewel", "hartelijk dank",
           "alvast bedankt", "met dank"),
    "pt": ("obrigado", "obrigada", "muito obrigado", "muito obrigada"),
    "it": ("grazie", "grazie mille", "molte grazie", "tante grazie"),
    "sv": ("tack", "tack så mycket"),
    "da": ("tak", "mange tak"),
    "no": ("takk", "tusen takk"),
    "pl": ("dziękuję", "dzięki"),
}  # fmt: skip

CLOSINGS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("best", "best wishes", "best regards", "kind regards", "warm regards", "warmest regards", "warmly",
           "regards", "with kind regards", "all the best", "yours", "yours sincerely", "sincerely", "love",
           "take care", "cheers", "bye", "talk soon", "see you", "see you soon", "have a good day",
           "have a nice day", "have a good weekend", "br", "xx", "x"),
    "de": ("lg", "vg", "mfg", "liebe grüße", "liebe grüsse", "viele grüße", "viele grüsse", "herzliche grüße",
           "herzliche grüsse", "beste grüße", "beste grüsse", "schöne grüße", "mit freundlichen grüßen",
           "mit freundlichen grüssen", "freundliche grüße", "freundliche grüsse", "gruß", "gruss", "grüße",
           "bis bald", "schönen tag", "schönes wochenende", "alles liebe"),
    "fr": ("cordialement", "bien cordialement", "bien à vous", "bien à toi", "amicalement", "à bientôt", "bises",
           "salutations", "bonne journée", "bonne soirée", "sincères salutations", "belle journée"),
    "es": ("saludos", "un saludo", "saludos cordiales", "un abrazo", "abrazos", "atentamente", "hasta pronto",
           "un beso", "cordialmente", "buen día"),
    "nl": ("groet", "groeten", "groetjes", "met vriendelijke groet", "met vriendelijke groeten",
           "vriendelijke groet", "mvg", "hartelijke groet", "liefs", "tot snel"),
    "pt": ("abraço", "um abraço", "abraços", "cumprimentos", "atenciosamente", "até breve", "beijos", "beijinhos",
           "att"),
    "it": ("saluti", "cordiali saluti", "un saluto", "un caro saluto", "cari saluti", "distinti saluti",
           "a presto", "un abbraccio", "buona giornata"),
    "sv": ("mvh", "med vänliga hälsningar", "vänliga hälsningar", "hälsningar", "kram"),
    "da": ("mvh", "venlig hilsen", "med venlig hilsen", "hilsen", "kh", "vh"),
    "no": ("mvh", "vennlig hilsen", "med vennlig hilsen", "hilsen"),
    "pl": ("pozdrawiam", "pozdrowienia", "z poważaniem"),
}  # fmt: skip
