"""Words of the lines that announce another letter below them: stems, lower case, for all languages at once.

A divider or announcement needs one stem of MESSAGE and one of ORIGINAL or FORWARDED; that covers wordings no list of
whole phrases would hold. FORWARDED decides whether the letter below is a forward. REPLY, ABOVE and LINE together make
"please reply above this line".
"""

from __future__ import annotations

from typing import Final

MESSAGE: Final[tuple[str, ...]] = (
    "message", "nachricht", "mail", "bericht", "mensaje", "mensagem", "messaggio", "meddelelse", "melding",
    "meddelande", "viesti", "wiadomoś", "zpráv", "správ", "üzenet", "mesaj", "mesajul", "poruk", "sporočil",
    "порука", "поруке", "съобщени", "сообщени", "письмо", "письма", "повідомленн", "лист", "μήνυμα", "μηνύματ",
    "ileti", "kiri", "sõnum", "ziņojum", "laiškas", "žinut", "pranešim", "missatge", "skilaboð", "הודעה",
    "הודעת", "رسالة", "الرسالة", "رساله", "پیام", "संदेश", "ข้อความ", "อีเมล", "thư", "tin nhắn", "pesan",
    "mesej", "邮件", "郵件", "信件", "訊息", "消息", "メッセージ", "メール", "메시지", "메일", "전달",
)  # fmt: skip

ORIGINAL: Final[tuple[str, ...]] = (
    "original", "ursprüng", "urspr", "origine", "originale", "oorspronkelijk", "origineel", "oprindelig",
    "opprinnelig", "alkuperäi", "oryginaln", "původní", "pôvodn", "eredeti", "izvorn", "originaln", "prvotn",
    "оригинал", "исходн", "первоначальн", "первинн", "оригінал", "вихідн", "αρχικό", "πρωτότυπ", "özgün",
    "orijinal", "algne", "oriģināl", "sākotnēj", "originalus", "pradin", "upprunaleg", "מקורית", "المقصودة",
    "الأصلية", "اصلی", "मूल", "ต้นฉบับ", "gốc", "asli", "asal", "原始", "原邮件", "原郵件", "原文", "元の",
    "원본", "antwort", "reply", "réponse", "respuesta",
)  # fmt: skip

FORWARDED: Final[tuple[str, ...]] = (
    "forward", "fwd", "weitergeleit", "weiterleit", "transfér", "transfer", "réexpéd", "reexped",
    "faire suivre", "reenviad", "reenvío", "reenvi", "encaminhad", "inoltrat", "inoltro", "doorgestuurd",
    "doorgezonden", "videresend", "videresendt", "vidarebefordr", "vidarebef", "edelleenlähet", "välitet",
    "edelleen", "przekazan", "przesłan", "přeposlan", "preposlan", "továbbított", "redirecționat",
    "redirectionat", "transmis", "proslijeđen", "prosleđen", "posredovan", "прослеђен", "препратен", "пересыл",
    "пересланн", "переадресован", "переслан", "προωθημέν", "προώθηση", "iletilen", "yönlendiril", "edastatud",
    "pārsūtīt", "persiųst", "reenviat", "áframsent", "framsend", "הועבר", "מועברת", "שהועבר", "محولة",
    "معاد توجيه", "موجهة", "ارجاع", "फ़ॉरवर्ड", "अग्रेषित", "ส่งต่อ", "chuyển tiếp", "diteruskan", "dimajukan",
    "转发", "轉寄", "轉發", "转寄", "転送", "전달",
)  # fmt: skip

# Prefixes of a subject that announce a forward, before the colon.
FORWARD_SUBJECTS: Final[frozenset[str]] = frozenset({
    "fwd", "fw", "wg", "tr", "rv", "enc", "i", "doorst", "vb", "vs", "vl", "pd", "továbbítás", "tov", "fs",
    "reenv", "ilt", "πρθ", "ynt-fw", "trs", "转发", "轉寄", "轉發", "転送", "전달",
})  # fmt: skip

ABOVE: Final[tuple[str, ...]] = (
    "above", "over", "über", "oberhalb", "au-dessus", "au dessus", "encima", "arriba", "acima", "sopra",
    "boven", "ovenfor", "ovanför", "över", "yläpuolelle", "powyżej", "nad", "выше", "πάνω", "üstün", "上方",
    "上面", "より上", "위에",
)  # fmt: skip

LINE: Final[tuple[str, ...]] = (
    "line", "linie", "zeile", "ligne", "línea", "linea", "linha", "riga", "regel", "lijn", "linje", "linjen",
    "raden", "rivin", "linii", "linią", "řádk", "čáru", "линии", "строки", "черты", "γραμμή", "çizg", "satır",
    "线", "線", "行", "줄", "선",
)  # fmt: skip

REPLY: Final[tuple[str, ...]] = (
    "reply", "answer", "write", "type", "comment", "antwort", "schreib", "répon", "repond", "écri", "responde",
    "respuesta", "resposta", "rispond", "rispost", "antwoord", "svar", "vasta", "odpowied", "odpov", "ответ",
    "απάντ", "yanıt", "回复", "回覆", "返信", "답장",
)  # fmt: skip
