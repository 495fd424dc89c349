"""The plain words a client steers with, by language, lower case, without punctuation."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("en", "de", "fr", "es", "nl", "pt", "it")

STOP: Final[dict[str, tuple[str, ...]]] = {
    "en": ("stop", "unsubscribe", "unsubscribe me", "stop these emails", "stop the emails", "stop these letters",
           "stop the letters", "stop these mails", "stop the mails", "stop emails", "stop all emails",
           "stop mails", "stop emailing me", "stop writing", "stop writing to me", "stop sending",
           "stop sending me emails", "stop sending these emails", "stop sending emails", "stop sending these",
           "stop sending me these", "stop it", "stop all", "stop now", "no more emails", "no more mails",
           "no more letters", "stop the questions", "stop these questions"),
    "de": ("stop", "stopp", "stoppen", "abmelden", "abbestellen", "austragen", "keine mails mehr",
           "keine e-mails mehr", "keine briefe mehr", "aufhören", "stopp die mails", "stoppt die mails",
           "beenden", "abmeldung", "keine fragen mehr"),
    "fr": ("stop", "arrêt", "arrêter", "arrêtez", "arrête", "désabonner", "me désabonner", "désinscrire",
           "désinscription", "désabonnement", "se désabonner", "me désinscrire", "plus de mails",
           "arrêtez les mails", "arrêter les mails", "stop aux mails", "arretez", "arreter"),
    "es": ("stop", "parar", "pare", "para", "alto", "baja", "darme de baja", "dar de baja", "cancelar",
           "cancelar suscripción", "no más correos", "detener", "deténgase", "basta de correos"),
    "nl": ("stop", "stoppen", "afmelden", "uitschrijven", "opzeggen", "geen mails meer", "geen e-mails meer",
           "stop de mails", "stop met mailen", "ophouden"),
    "pt": ("stop", "parar", "pare", "cancelar", "cancelar inscrição", "cancelar assinatura", "sair",
           "descadastrar", "não quero mais e-mails", "chega de e-mails", "sem mais e-mails"),
    "it": ("stop", "ferma", "fermare", "fermati", "fermatevi", "disiscrivimi", "disiscrivermi", "disiscrizione",
           "cancellami", "cancellare", "basta mail", "basta email", "niente più mail", "annulla iscrizione"),
}  # fmt: skip

PAUSE: Final[dict[str, tuple[str, ...]]] = {
    "en": ("pause", "pause these emails", "pause the emails", "pause emails", "pause the letters",
           "pause these letters", "pause it", "take a break", "a break", "pause me", "pause mails",
           "pause the mails", "pause please"),
    "de": ("pause", "pausieren", "pausiere", "pause machen", "eine pause", "mach pause", "pause bitte",
           "mails pausieren"),
    "fr": ("pause", "une pause", "en pause", "faire une pause", "suspendre", "suspendez", "mettre en pause",
           "mettez en pause"),
    "es": ("pausa", "pausar", "una pausa", "en pausa", "pausar los correos", "hacer una pausa", "suspender"),
    "nl": ("pauze", "pauzeren", "pauzeer", "een pauze", "even pauze", "mails pauzeren"),
    "pt": ("pausa", "pausar", "uma pausa", "em pausa", "fazer uma pausa", "suspender"),
    "it": ("pausa", "una pausa", "in pausa", "metti in pausa", "mettere in pausa", "sospendi", "sospendere"),
}  # fmt: skip

RESUME: Final[dict[str, tuple[str, ...]]] = {
    "en": ("resume", "resume please", "unpause", "restart", "start again", "continue", "go on",
           "resume the emails", "resume emails", "resume the letters", "resume these emails", "i'm back",
           "i am back"),
    "de": ("weiter", "weitermachen", "fortsetzen", "fortfahren", "wieder aufnehmen", "weiter geht's",
           "weiter gehts", "wieder anfangen", "pause beenden", "bin wieder da"),
    "fr": ("reprendre", "reprenez", "reprends", "reprise", "continuer", "continuez", "recommencer"),
    "es": ("reanudar", "reanuda", "continuar", "continúa", "retomar", "seguir", "reanude"),
    "nl": ("hervatten", "hervat", "verder", "doorgaan", "ga door", "weer beginnen", "verdergaan"),
    "pt": ("retomar", "retome", "continuar", "continue", "recomeçar", "reativar"),
    "it": ("riprendi", "riprendere", "riprendiamo", "continua", "continuare", "ricomincia", "ricominciare"),
}  # fmt: skip

POLITE: Final[tuple[str, ...]] = (
    "please", "pls", "plz", "kindly", "for now", "now", "for a while", "bitte", "bitte sehr", "erst mal",
    "erstmal", "vorerst", "jetzt", "s'il vous plaît", "s’il vous plaît", "s'il te plaît", "s’il te plaît",
    "svp", "stp", "maintenant", "por favor", "ahora", "alsjeblieft", "alstublieft", "aub", "ajb", "graag",
    "nu", "agora", "per favore", "per piacere", "adesso", "ora",
)  # fmt: skip

FOR: Final[dict[str, tuple[str, ...]]] = {
    "en": ("for",),
    "de": ("für",),
    "fr": ("pendant", "pour"),
    "es": ("por", "durante"),
    "nl": ("voor",),
    "pt": ("por", "durante"),
    "it": ("per",),
}
UNTIL: Final[dict[str, tuple[str, ...]]] = {
    "en": ("until", "till", "til"),
    "de": ("bis zum", "bis"),
    "fr": ("jusqu'au", "jusqu’au", "jusqu'à", "jusqu’à", "jusqu'en"),
    "es": ("hasta el", "hasta"),
    "nl": ("tot en met", "tot"),
    "pt": ("até ao", "até o", "até dia", "até"),
    "it": ("fino al", "fino a", "fino all'", "fino alla"),
}
UNITS: Final[dict[str, dict[str, int]]] = {
    "en": {"day": 1, "days": 1, "week": 7, "weeks": 7, "wk": 7, "wks": 7, "month": 30, "months": 30, "fortnight": 14},
    "de": {"tag": 1, "tage": 1, "tagen": 1, "woche": 7, "wochen": 7, "monat": 30, "monate": 30, "monaten": 30},
    "fr": {"jour": 1, "jours": 1, "semaine": 7, "semaines": 7, "mois": 30},
    "es": {"día": 1, "días": 1, "dia": 1, "dias": 1, "semana": 7, "semanas": 7, "mes": 30, "meses": 30},
    "nl": {"dag": 1, "dagen": 1, "week": 7, "weken": 7, "maand": 30, "maanden": 30},
    "pt": {"dia": 1, "dias": 1, "semana": 7, "semanas": 7, "mês": 30, "mes": 30, "meses": 30},
    "it": {"giorno": 1, "giorni": 1, "settimana": 7, "settimane": 7, "mese": 30, "mesi": 30},
}

COUNTS: Final[dict[str, int]] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10,
    "ein": 1, "eine": 1, "einen": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "acht": 8, "zehn": 10,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "huit": 8, "dix": 10, "quinze": 15,
    "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "ocho": 8, "diez": 10,
    "een": 1, "één": 1, "twee": 2, "drie": 3, "vijf": 5, "zes": 6, "tien": 10,
    "um": 1, "uma": 1, "dois": 2, "duas": 2, "três": 3, "quatro": 4, "oito": 8, "dez": 10,
    "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "otto": 8, "dieci": 10, "couple": 2, "paar": 2,
}  # fmt: skip

MONTHS: Final[tuple[tuple[str, ...], ...]] = (
    ("january", "jan", "januar", "jänner", "janvier", "enero", "januari", "janeiro", "gennaio"),
    ("february", "feb", "februar", "février", "febrero", "februari", "fevereiro", "febbraio"),
    ("march", "mar", "märz", "maerz", "mars", "marzo", "maart", "março"),
    ("april", "apr", "avril", "abril", "aprile"),
    ("may", "mai", "mayo", "mei", "maio", "maggio"),
    ("june", "jun", "juni", "juin", "junio", "junho", "giugno"),
    ("july", "jul", "juli", "juillet", "julio", "julho", "luglio"),
    ("august", "aug", "août", "aout", "agosto", "augustus"),
    ("september", "sep", "sept", "septembre", "septiembre", "setembro", "settembre"),
    ("october", "oct", "oktober", "okt", "octobre", "octubre", "outubro", "ottobre"),
    ("november", "nov", "novembre", "noviembre", "novembro"),
    ("december", "dec", "dezember", "dez", "décembre", "diciembre", "dezembro", "dicembre"),
)  # fmt: skip

WEEKDAYS: Final[tuple[tuple[str, ...], ...]] = (
    ("monday", "mon", "montag", "lundi", "lunes", "maandag", "segunda", "segunda-feira", "lunedì"),
    ("tuesday", "tue", "dienstag", "mardi", "martes", "dinsdag", "terça", "terça-feira", "martedì"),
    ("wednesday", "wed", "mittwoch", "mercredi", "miércoles", "woensdag", "quarta", "quarta-feira", "mercoledì"),
    ("thursday", "thu", "donnerstag", "jeudi", "jueves", "donderdag", "quinta", "quinta-feira", "giovedì"),
    ("friday", "fri", "freitag", "vendredi", "viernes", "vrijdag", "sexta", "sexta-feira", "venerdì"),
    ("saturday", "sat", "samstag", "sonnabend", "samedi", "sábado", "zaterdag", "sabato"),
    ("sunday", "sun", "sonntag", "dimanche", "domingo", "zondag", "domenica"),
)  # fmt: skip
