"""How do mail programs title an automatic answer, and how do people say that they are away?

Titles are anchored at the start and end with a colon or with the subject: "Automatic reply: Week 3" is a machine's,
"Re: Automatic reply: Week 3" a person's answer to it, "Out of office next week" a person's own words.
"""

from __future__ import annotations

import re

from mailer.message.reading.phrases import phrases

# Forms that no person types: the programs' own titles, by language.
_TITLES = frozenset({
    "automatic reply", "automated reply", "automatic response", "auto reply", "autoreply", "auto-reply",
    "auto response", "autoresponse", "auto-response", "automatic e-mail reply", "out of office autoreply",
    "out of office auto reply", "out of office reply", "out of office response", "vacation reply",
    "vacation message", "vacation notice", "away message", "away notice", "automatische antwort",
    "abwesenheitsnotiz", "abwesenheitsmeldung", "abwesenheitsbenachrichtigung", "automatische abwesenheitsnotiz",
    "autoantwort", "auto-antwort", "urlaubsnotiz", "automatische rückmeldung", "automatische e-mail-antwort",
    "réponse automatique", "message d'absence", "réponse d'absence", "notification d'absence",
    "réponse auto", "respuesta automática", "respuesta automatica", "autorrespuesta", "risposta automatica",
    "risposta automatica di assenza", "resposta automática", "automatisch antwoord", "automatische reactie",
    "afwezigheidsassistent", "afwezigheidsbericht", "autosvar", "automatiskt svar", "automatisk svar",
    "automaattinen vastaus", "poissaoloilmoitus", "sjálfvirkt svar", "automaatvastus", "automátiska atbilde",
    "automātiskā atbilde", "automatinis atsakymas", "odpowiedź automatyczna", "automatyczna odpowiedź",
    "autoodpowiedź", "automatická odpověď", "automatická odpoveď", "automatikus válasz", "răspuns automat",
    "samodejni odgovor", "automatski odgovor", "аутоматски одговор", "otomatik yanıt", "otomatik cevap",
    "αυτόματη απάντηση", "автоматический ответ", "автоответ", "автоматична відповідь", "автовідповідь",
    "автоматичен отговор", "תשובה אוטומטית", "מענה אוטומטי", "رد تلقائي", "الرد التلقائي", "پاسخ خودکار",
    "自動応答", "自動返信", "不在通知", "自动答复", "自动回复", "自動回覆", "自動答覆", "자동 회신", "자동 응답",
    "balasan otomatis", "trả lời tự động", "การตอบกลับอัตโนมัติ", "स्वचालित उत्तर",
})  # fmt: skip
# Titles that are a person's own words as often; with a colon behind, in an answer or beside words of absence, a
# program's.
_SOFT = frozenset({
    "absence", "abwesend", "abwesenheit", "ausente", "assente", "afwezig", "poissa", "absent du bureau", "ooo",
    "out of office", "out of the office", "außer haus", "nicht im büro", "fuera de la oficina",
    "fora do escritório", "niet op kantoor", "fuori sede", "fuori ufficio", "odsutan", "不在", "外出",
    "out-of-office", "fuera de oficina", "ausente do escritório", "ausência temporária", "frånvaro", "frånvarande",
    "ikke på kontoret", "fravær", "ikke til stede", "fraværende", "ej på plats", "ute af kontoret", "prombūtne",
    "poza biurem", "nieobecność", "mimo kancelář", "nepřítomnost", "házon kívül", "irodán kívül",
    "absent din birou", "ofis dışında", "işyeri dışında", "εκτός γραφείου", "нет на месте", "מחוץ למשרד",
    "خارج المكتب", "부재 중", "absence du bureau", "assenza dall'ufficio", "atvalinājums", "atvaļinājums",
    "abwesenheitsassistent",
})  # fmt: skip
# Words a person may well type in front of a colon: they count beside words of absence only.
_LIKELY = frozenset({
    "auto", "away", "vacation", "holiday", "on leave", "annual leave", "on vacation", "urlaub", "im urlaub", "ferien",
    "vacances", "en vacances", "congés", "vacaciones", "ferie", "in ferie", "férias", "vakantie", "semester", "loma",
    "urlop", "dovolená", "out", "travelling", "traveling", "unavailable", "отпуск", "休暇", "休假",
})  # fmt: skip

_ABSENCE = phrases(
    """out of the office; out of office; i am away; i m away; will be away; i am currently away; currently away
    currently out; i am out; i m out; i will be out; i ll be out; on vacation; on leave; on holiday; on annual leave
    i am travelling; i m travelling; i am traveling; am travelling; am abroad; limited access to ... email
    limited access to ... mail; no access to ... email; no access to my mail; when i return; upon my return
    on my return; after i return; after my return; when i am back; when i m back; once i am back; maternity leave
    parental leave; paternity leave; no longer work; no longer with; no longer employed; has left the company
    has left our company; mailbox is not monitored; mailbox is no longer; address is no longer; not monitored
    away from my desk; away from the office; away from my email; returning to the office; back in the office
    will respond ... return; will reply ... return""",
    """nicht im büro; nicht im haus; außer haus; abwesend; im urlaub; wieder erreichbar; wieder ab; wieder am; zurück am
    zurück ab; elternzeit; nicht erreichbar; bin derzeit nicht; keine mails; keine e mails; en congé*; de retour
    en vacances; suis absent*; serai absent*; absent* du; absent* jusqu; estaré fuera; estoy fuera
    fuera de la oficina; estoy de vacaciones; de vuelta; ausente; sono assente; sarò assente; sono fuori
    fuori ufficio; in ferie; al mio rientro; al mio ritorno; estou ausente; estarei ausente; de férias
    fora do escritório; ben afwezig; ik ben met; met vakantie; met verlof; op vakantie; niet op kantoor
    weer bereikbaar; weer aanwezig; på semester; tillbaka den; på ferie; ikke på kontoret; tilbake; tilbage
    olen lomalla; olen poissa; lomalla; na urlopie; jestem nieobecn*; poza biurem; na dovolené; mimo kancelář
    szabadságon; izinde*; atvaļinājum*; în concediu; na godišnjem""",
    """в отпуске; отсутствую; вне офиса; у відпустці; σε άδεια; εκτός γραφείου
    不在; 休暇; 休假; 外出; 부재; 휴가; בחופשה; إجازة""",
)
_READ = 1_500  # characters of the text that are read for words of absence


_TAG = re.compile(r"\[[^\]]{1,30}\]\s*")
_COLON = re.compile(r"\s*(?:\s(?:re|aw|sv|wg|fwd?)\s*)?[:\uff1a]")
_DASH = re.compile(r"\s+[-\u2013\u2014]\s")
_OPENS_MORE = re.compile(r"\s*(?:[(]|\b(?:until|till|bis)\b)")


def is_automatic_subject(subject: str) -> bool:
    """Whether the subject has the very form of a program's title: alone, or before a colon or a dash."""
    return any(title in _TITLES for title in (_before(_COLON, subject), _before(_DASH, subject), _plain(subject)))


def is_soft_title(subject: str) -> bool:
    """Whether the subject opens as programs and people title an absence, with a colon."""
    return _before(_COLON, subject) in _SOFT


def is_likely_automatic_subject(subject: str) -> bool:
    """Whether the subject may be a title, and may be a person's."""
    heads = (*(_before(end, subject) for end in (_COLON, _DASH, _OPENS_MORE)), _plain(subject))
    return any(head in _LIKELY or head in _SOFT for head in heads)


def _before(end: re.Pattern[str], subject: str) -> str:
    """What stands before the first such sign, plain; "" where there is none."""
    found = end.search(subject[:200].lower())
    return _plain(subject[: found.start()]) if found is not None else ""


def _plain(text: str) -> str:
    """In lower case, with straight apostrophes and single blanks, without a tag in brackets in front."""
    return " ".join(_TAG.sub("", text[:200].lower(), count=1).replace("\u2019", "'").split())


def is_absence(text: str) -> bool:
    """Whether the text says near its top that its writer is away."""
    return _ABSENCE.search(text[:_READ].lower()) is not None
