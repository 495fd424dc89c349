"""Words of what programs and offices add under or over a letter: mobile footers, legal notices, banners.

SENT_FROM  openings and endings of "Sent from my iPhone", by language: a footer needs one and a device or product
DEVICES    devices and mail programs
LEGAL      stems of confidentiality notices; two different ones in one closing paragraph make it a notice
SCANNED    stems of virus-scanner and mailing-list lines
OUTSIDE    stems of "this message comes from outside": one of each group makes it a banner
"""

from __future__ import annotations

from typing import Final

SENT_FROM: Final[dict[str, tuple[str, ...]]] = {
    "en": ("sent from", "sent via", "sent with", "sent by", "sent using", "sent wirelessly", "sent on the go",
           "get outlook"),
    "de": ("gesendet von", "gesendet mit", "von meinem", "von meiner", "gesendet aus", "gesendet über",
           "diese nachricht wurde"),
    "fr": ("envoyé de", "envoyé depuis", "envoyé par", "envoyé à partir", "envoyé avec", "envoyé sans fil",
           "obtenez outlook", "télécharger outlook"),
    "es": ("enviado desde", "enviado con", "enviado por", "enviado de", "obtener outlook"),
    "pt": ("enviado do", "enviado a partir", "enviado através", "enviado pelo", "enviado via", "enviada do",
           "obter o outlook"),
    "it": ("inviato da", "inviato dal", "inviato con", "inviato tramite", "scarica outlook"),
    "nl": ("verzonden vanaf", "verzonden met", "verstuurd vanaf", "verzonden via", "verstuurd met", "outlook voor"),
    "da": ("sendt fra", "sendt via", "hent outlook"),
    "no": ("sendt fra", "sendt med", "få outlook"),
    "sv": ("skickat från", "skickad från", "skickat med", "hämta outlook"),
    "fi": ("lähetetty", "hanki outlook"),
    "is": ("sent úr",),
    "pl": ("wysłane z", "wysłano z", "wysłane przy", "pobierz program outlook"),
    "cs": ("odesláno z", "odesláno ze", "odesláno pomocí", "stáhnout outlook"),
    "sk": ("odoslané z", "odoslané zo"),
    "hu": ("elküldve", "küldve", "iphone-omról", "az én"),
    "ro": ("trimis de pe", "trimis din", "trimis cu"),
    "hr": ("poslano s", "poslano sa", "poslato sa"),
    "sl": ("poslano iz", "poslano z", "poslano s"),
    "bg": ("изпратено от", "изпратен от"),
    "ru": ("отправлено с", "отправлено из", "послано с", "отправлено через"),
    "uk": ("надіслано з", "надіслано із", "відправлено з"),
    "el": ("στάλθηκε από", "αποστολή από", "εστάλη από"),
    "tr": ("gönderildi", "gönderilmiştir"),
    "et": ("saadetud minu", "saadetud"),
    "lv": ("nosūtīts no",),
    "lt": ("išsiųsta iš",),
    "ca": ("enviat des", "enviat amb"),
    "he": ("נשלח מ", "נשלח מה"),
    "ar": ("أرسلت من", "أُرسلت من", "تم الإرسال من", "مرسل من"),
    "fa": ("ارسال شده از",),
    "hi": ("से भेजा गया",),
    "th": ("ส่งจาก",),
    "vi": ("đã gửi từ", "gửi từ"),
    "id": ("dikirim dari", "dihantar dari"),
    "zh": ("发自", "發自", "從我的", "从我的", "来自", "传送自", "傳送自", "获取 outlook"),
    "ja": ("から送信",),
    "ko": ("에서 보냄", "에서 보낸", "에서 전송"),
}  # fmt: skip

DEVICES: Final[tuple[str, ...]] = (
    "iphone", "iphon", "ipad", "ipod", "apple watch", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi",
    "oneplus", "pixel", "blackberry", "htc", "nokia", "lumia", "motorola", "sony", "xperia", "windows phone",
    "windows 10", "windows 11", "mail for windows", "outlook", "yahoo", "aol", "gmail", "proton", "protonmail",
    "gmx", "web.de", "mailbox", "tutanota", "tuta", "fairemail", "k-9", "thunderbird", "spark", "airmail",
    "canary", "bluemail", "blue mail", "mail.ru", "icloud", "smartphone", "mobile phone", "cell phone",
    "mobile device", "mobile", "handheld", "tablet", "mobiltelefon", "handy", "telefon", "téléphone",
    "teléfono", "telemóvel", "telefono", "telefoon", "celular", "móvil", "dispositivo", "appareil", "telefonu",
    "telefonist", "смартфон", "телефон", "мобильн", "mobiln", "kännykä", "puhelim", "手机", "手機", "휴대폰",
    "mailmate", "superhuman", "sparrow", "nine", "zoho", "mimestream", "newton", "acompli", "hey.com",
    "fastmail", "posteo", "orange", "laposte", "libero", "freenet", "t-online", "bell network", "verizon",
    "t-mobile", "my phone",
)  # fmt: skip

LEGAL: Final[tuple[str, ...]] = (
    "confidential", "privileged", "intended recipient", "intended solely", "intended only", "unauthori",
    "disclos", "legally protected", "in error", "delete this", "delete it", "notify the sender",
    "dissemination", "any attachments", "vertraulich", "rechtlich geschützt", "irrtümlich", "adressat",
    "unbefugt", "vernichten", "empfänger bestimmt", "confidentiel", "destinataire", "par erreur",
    "pièces jointes", "confidencial", "destinatario", "por error", "destinatário", "por engano", "divulga",
    "riservat", "confidenzial", "per errore", "destinatari", "cancellarlo", "vertrouwelijk", "geadresseerde",
    "bestemd voor", "per abuis", "fortrolig", "konfidentiel", "modtager", "mottaker", "konfidentiell",
    "mottagare", "luottamuksell", "poufn", "adresata", "důvěrn", "adresát", "bizalmas", "címzett",
    "confidențial", "destinatarului", "конфиденциальн", "адресат", "конфіденційн", "εμπιστευτικ", "gizli",
    "alıcı", "机密", "保密", "機密", "before printing", "environment before",
)  # fmt: skip

SCANNED: Final[tuple[str, ...]] = (
    "avast", "avg.com", "virenfrei", "virus-free", "sans virus", "libre de virus", "livre de vírus",
    "viren geprüft", "checked for viruses", "scanned by", "scanned for viruses", "mailscanner", "messagelabs",
    "mailman/listinfo", "mailing list", "unsubscribe", "virusvrij", "bez wirusów", "без вирусов",
)  # fmt: skip

OUTSIDE: Final[tuple[tuple[str, ...], ...]] = (
    ("external", "outside", "extern", "externe", "externo", "esterno", "außerhalb", "extérieur", "fuera de",
     "внешн", "外部"),
    ("caution", "warning", "attention", "achtung", "vorsicht", "warnung", "attenzione", "atención", "precaución",
     "atenção", "cuidado", "let op", "waarschuwing", "do not click", "don't click", "originated from", "keine links",
     "ne cliquez", "no haga clic", "non cliccare", "não clique", "klik niet", "advarsel", "varning", "uwaga",
     "внимание", "注意"),
    ("mail", "message", "sender", "absender", "nachricht", "expéditeur", "correo", "mensaje", "mensagem", "messaggio",
     "mittente", "bericht", "afzender", "meddel", "wiadomoś", "письмо", "邮件", "メール"),
)  # fmt: skip
