"""Words of the line above a quote, by language, lower case.

VERBS   what the other person did ("wrote"); they may stand anywhere in the line
GLUE    small words between date, time and name that are no part of a name
PRONOUNS  a line that holds one of these, as written here, is a person's sentence: programs put a name there
"""

from __future__ import annotations

from typing import Final

VERBS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("wrote", "writes", "sent", "has written", "quoting"),
    "de": ("schrieb", "schrieben", "hat geschrieben", "schreibt", "geschrieben", "zitat von"),
    "fr": ("a écrit", "écrit", "a envoyé", "a ecrit"),
    "es": ("escribió", "escribio", "escribieron", "ha escrito", "citando a"),
    "pt": ("escreveu", "escreveram"),
    "it": ("ha scritto", "scrive", "scritto", "scrisse", "citando"),
    "nl": ("schreef", "heeft geschreven", "geschreven"),
    "af": ("het geskryf", "geskryf"),
    "da": ("skrev", "skriver"),
    "no": ("skreiv", "skrev"),
    "sv": ("skrev", "skrivit", "skriver"),
    "fi": ("kirjoitti",),
    "is": ("skrifaði", "ritaði"),
    "pl": ("napisał", "napisała", "napisał(a)", "pisze", "napisano", "napisana"),
    "cs": ("napsal", "napsala", "napsal(a)", "napsal/a"),
    "sk": ("napísal", "napísala", "napísal(a)", "napísal/a"),
    "hu": ("írta", "ezt írta"),
    "ro": ("a scris",),
    "hr": ("napisao", "napisala", "napisao/la", "je napisao", "pisao"),
    "sl": ("napisal", "napisala", "je napisal/-a", "je napisal/a"),
    "sr": ("написао", "написала", "је написао", "је написао/ла"),
    "mk": ("напиша",),
    "bg": ("написа", "пише"),
    "ru": ("написал", "написала", "написал(а)", "пишет", "писал", "писала", "писал(а)"),
    "uk": ("пише", "написав", "написала", "написав(ла)", "писав"),
    "el": ("έγραψε", "έγραψε/αν"),
    "tr": ("yazdı", "şunu yazdı", "şunları yazdı"),
    "et": ("kirjutas",),
    "lv": ("rakstīja", "uzrakstīja"),
    "lt": ("rašė", "parašė"),
    "ca": ("va escriure", "ha escrit"),
    "gl": ("escribiu",),
    "eu": ("idatzi du", "igorleak hau idatzi zuen"),
    "cy": ("ysgrifennodd",),
    "he": ("כתב", "כתבה", "כתב/ה", "מאת"),
    "ar": ("كتب", "كتبت"),
    "fa": ("نوشت", "نوشته است"),
    "hi": ("ने लिखा",),
    "th": ("เขียน", "เขียนว่า", "ได้เขียน"),
    "vi": ("đã viết", "viết"),
    "id": ("menulis", "menulis:"),
    "zh": ("写道", "寫道", "於", "的郵件", "写到"),
    "ja": ("のメール", "のメッセージ", "書きました", "が書きました", "さんは書きました", "wrote"),
    "ko": ("작성", "님이 작성", "님이 쓴 글", "님의 말"),
}

# These have no spaces round words, so a verb is looked for inside the line.
UNSPACED: Final = frozenset({"zh", "ja", "ko", "th"})

GLUE: Final[frozenset[str]] = frozenset({
    "on", "at", "am", "pm", "a.m", "a.m.", "p.m", "p.m.", "via", "from", "in", "the", "of", "and",
    "behalf", "gmt", "utc", "cet", "cest", "est", "edt", "pst", "pdt", "bst", "eet", "um", "uhr", "von",
    "den", "der", "und", "im", "dem", "le", "la", "à", "les", "h", "de", "du", "des", "par", "vers", "el",
    "a", "las", "los", "por", "del", "il", "alle", "ore", "dal", "data", "ha", "em", "às", "o", "dia",
    "as", "no", "na", "no(a)", "sáb", "dom", "op", "om", "schreef", "heeft", "het", "volgende", "uur",
    "kl", "klo", "tor", "kello", "dne", "v", "ve", "od", "w", "dniu", "dnia", "użytkownik", "u", "przez",
    "godz", "godz.", "g", "godzinie", "ezt", "időpontban", "dátummal", "feladó", "în", "ora", "pe", "dana",
    "sati", "dan", "ob", "uri", "у", "дана", "је", "в", "г", "г.", "пользователь", "о", "в.", "на",
    "од", "года", "час.", "στις", "την", "το", "ο", "χρήστης", "μμ", "πμ", "μ.μ", "π.μ", "tarihinde",
    "saat", "şunları", "şunu", "kell", "kuupäeval", "plkst", "gada", "m", "d", "val", "en", "va", "pada",
    "tanggal", "pukul", "vào", "lúc", "ngày",
})  # fmt: skip

PRONOUNS: Final[frozenset[str]] = frozenset({
    "I", "I've", "I'd", "I'm", "me", "my", "our", "we", "ich", "wir", "mir", "mich", "mein", "meine",
    "meinem", "meiner", "unser", "unsere", "j'ai", "j’ai", "moi", "mon", "ma", "mes", "notre",
    "nous", "yo", "mi", "nuestro", "nuestra", "nosotros", "meu", "minha", "nosso", "nossa", "nós", "io",
    "mio", "mia", "nostro", "nostra", "noi", "ik", "mijn", "wij", "onze", "jeg", "min", "mitt", "jag",
    "minä", "minun", "já", "můj", "mój", "moja", "jaz", "мой", "моя", "наша", "наш", "аз", "я", "мы",
    "мне", "ми", "εγώ", "biz", "benim", "aš", "انا", "أنا", "tôi", "saya", "aku", "我", "私", "나는",
    "she", "he", "they", "it", "er", "sie", "elle", "ils", "ella", "él", "ellos", "lei", "lui", "loro",
    "zij", "hij", "han", "hon", "hän", "она", "он", "они", "וואני", "היא", "הוא",
})  # fmt: skip
