"""Number words, rating phrases, yes and no, by language, lower case."""

from __future__ import annotations

from typing import Final

# Zero to ten.
NUMBERS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "de": ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"),
    "fr": ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"),
    "nl": ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"),
    "pt": ("zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez"),
    "it": ("zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci"),
    "sv": ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio"),
    "da": ("nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti"),
    "no": ("null", "en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti"),
    "pl": ("zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć", "dziesięć"),
}

HALVES: Final[tuple[str, ...]] = (
    "and a half", "einhalb", "und ein halb", "et demi", "et demie", "y medio", "y media", "en een half",
    "e meio", "e mezzo", "point five", "komma fünf", "virgule cinq", "coma cinco", "komma vijf",
    "vírgula cinco", "virgola cinque", "i pół", "och en halv", "og en halv",
)  # fmt: skip

OUT_OF: Final[tuple[str, ...]] = (
    "out of", "of", "von", "auf", "sur", "de", "sobre", "van de", "van", "op", "em", "su", "af", "av", "na",
    "z",
)  # fmt: skip

BETWEEN: Final[tuple[str, ...]] = (
    "between", "zwischen", "entre", "tussen", "tra", "fra", "mellem", "mellan", "mellom", "między",
)  # fmt: skip

AND: Final[tuple[str, ...]] = (
    "and", "or", "und", "oder", "et", "ou", "y", "o", "en", "of", "e", "og", "och", "eller", "a", "bis", "lub", "i",
)  # fmt: skip

# What may stand before a number that is a rating: "I'd say a solid 7".
FILLERS: Final[frozenset[str]] = frozenset({
    "a", "an", "the", "i", "i'd", "i’d", "id", "i'm", "i’m", "i'll", "would", "say", "give", "it", "it's",
    "it’s", "its", "this", "that", "week", "was", "is", "were", "be", "probably", "maybe", "perhaps", "about",
    "around", "roughly", "approximately", "almost", "nearly", "only", "just", "solid", "good", "strong",
    "weak", "low", "high", "full", "honest", "honestly", "easily", "barely", "still", "rating", "score",
    "number", "my", "overall", "today", "so", "well", "hmm", "hm", "ok", "okay", "oh", "ca", "ca.", "circa",
    "least", "most", "rather", "more", "like", "scale", "on", "average", "yes", "and", "again", "currently",
    "now", "stands", "up", "to", "down", "between", "out", "of", "rate", "myself", "me", "ich", "würde",
    "sagen", "wohl", "eine", "einen", "ein", "einer", "ne", "etwa", "ungefähr", "vielleicht", "war", "ist",
    "es", "die", "diese", "woche", "gute", "solide", "starke", "schwache", "knappe", "nur", "eher", "heute",
    "gebe", "gib", "der", "wir", "bei", "auf", "note", "wert", "insgesamt", "ganz", "klar", "klare", "je",
    "dirais", "dis", "un", "une", "environ", "peut-être", "c'était", "c’était", "c'est", "c’est", "semaine",
    "cette", "bon", "bonne", "petit", "gros", "plutôt", "presque", "autour", "la", "le", "les", "de", "du",
    "disons", "était", "est", "donne", "donnerais", "mettrais", "mets", "yo", "diría", "diria", "digo", "una",
    "quizás", "quizá", "tal", "vez", "más", "menos", "o", "como", "semana", "esta", "fue", "ha", "sido",
    "buen", "casi", "unos", "doy", "daría", "pondría", "alrededor", "ik", "zou", "zeg", "zeggen", "een",
    "ongeveer", "misschien", "het", "deze", "rond", "ruime", "mooie", "kleine", "dik", "dikke", "bijna",
    "geef", "cijfer", "eerder", "eu", "daria", "um", "uma", "talvez", "uns", "foi", "essa", "cerca", "quase",
    "nota", "dou", "acho", "que", "io", "direi", "diciamo", "dico", "forse", "settimana", "questa", "stata",
    "è", "bel", "buon", "quasi", "voto", "do", "darei", "intorno", "al", "ett", "en", "et", "kanske", "måske",
    "kanskje", "jag", "jeg", "ville",
})  # fmt: skip

# What may follow the number within its sentence.
FOLLOWERS: Final[frozenset[str]] = frozenset({
    "because", "since", "but", "and", "although", "though", "as", "for", "this", "today", "overall", "i",
    "maybe", "points", "point", "on", "so", "mostly", "mainly", "honestly", "again", "still", "thanks",
    "really", "with", "from", "up", "down", "due", "or", "at", "most", "best", "now", "weil", "aber", "da",
    "denn", "diese", "punkte", "heute", "und", "insgesamt", "von", "wegen", "für", "mit", "car", "mais",
    "parce", "cette", "et", "aujourd'hui", "pour", "porque", "pero", "y", "esta", "puntos", "hoy", "por",
    "want", "maar", "omdat", "deze", "en", "vandaag", "punten", "door", "mas", "pois", "e", "essa", "pontos",
    "hoje", "perché", "ma", "questa", "oggi", "punti", "per", "att", "för", "men", "fordi", "och", "og",
})  # fmt: skip

YES: Final[dict[str, tuple[str, ...]]] = {
    "en": ("yes", "yep", "yeah", "yup", "sure", "absolutely", "definitely", "of course", "i did", "i do", "done",
           "indeed", "certainly", "it did", "we did", "i have", "still on"),
    "de": ("ja", "jawohl", "jep", "klar", "natürlich", "auf jeden fall", "sicher", "genau", "erledigt",
           "selbstverständlich"),
    "fr": ("oui", "ouais", "si", "bien sûr", "tout à fait", "absolument", "certainement", "c'est fait", "fait"),
    "es": ("sí", "si", "claro", "por supuesto", "hecho", "desde luego"),
    "nl": ("ja", "jawel", "zeker", "natuurlijk", "absoluut", "gedaan", "jazeker"),
    "pt": ("sim", "claro", "com certeza", "feito", "fiz", "certamente"),
    "it": ("sì", "si", "certo", "certamente", "fatto", "assolutamente", "ovviamente"),
    "sv": ("ja", "japp", "absolut", "självklart", "jo"),
    "da": ("ja", "jo", "jep", "selvfølgelig"),
    "no": ("ja", "jo", "selvfølgelig"),
    "pl": ("tak", "oczywiście", "zrobione"),
}  # fmt: skip

NO: Final[dict[str, tuple[str, ...]]] = {
    "en": ("no", "nope", "nah", "not yet", "not really", "i didn't", "i didn’t", "i did not", "never",
           "not at all", "i don't", "i don’t", "it didn't", "sadly not", "unfortunately not", "not this week",
           "not today"),
    "de": ("nein", "nee", "nö", "noch nicht", "leider nicht", "leider nein", "gar nicht", "nicht wirklich", "nie"),
    "fr": ("non", "pas encore", "pas vraiment", "pas du tout", "malheureusement non", "jamais"),
    "es": ("no", "todavía no", "aún no", "nunca", "para nada"),
    "nl": ("nee", "neen", "nog niet", "helaas niet", "niet echt", "nooit"),
    "pt": ("não", "nao", "ainda não", "nunca", "infelizmente não"),
    "it": ("no", "non ancora", "purtroppo no", "mai", "per niente"),
    "sv": ("nej", "inte än", "aldrig", "tyvärr inte"),
    "da": ("nej", "ikke endnu", "desværre ikke"),
    "no": ("nei", "ikke ennå", "dessverre ikke"),
    "pl": ("nie", "jeszcze nie", "niestety nie"),
}  # fmt: skip

# A first sentence that holds one of these says neither.
UNSURE: Final[tuple[str, ...]] = (
    "yes and no", "no and yes", "partly", "partially", "maybe", "perhaps", "not sure", "no idea", "no problem",
    "no worries", "don't know", "don’t know", "sort of", "kind of", "half", "jein", "teils", "teilweise",
    "vielleicht", "weiß nicht", "weiss nicht", "keine ahnung", "kein problem", "oui et non", "peut-être",
    "en partie", "je ne sais pas", "sí y no", "quizás", "tal vez", "en parte", "no sé", "no lo sé",
    "ja en nee", "misschien", "deels", "geen idee", "weet niet", "sim e não", "talvez", "não sei", "sì e no",
    "forse", "non so", "non lo so", "in parte", "sure about", "no doubt", "no wonder",
)  # fmt: skip

NEGATIONS: Final[frozenset[str]] = frozenset({
    "not", "no", "never", "isn't", "isn’t", "didn't", "didn’t", "nicht", "kein", "keine", "nie", "pas", "non",
    "jamais", "niet", "geen", "não", "nunca", "mai", "inte", "ikke",
})  # fmt: skip
