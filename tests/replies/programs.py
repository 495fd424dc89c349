"""What mail programs put above a quote, by language and by program, all for one letter.

The letter quoted is Petra Vogl's of Friday, 5 March 2027, 08:30. Wordings are those the programs show in each language.
"""

from __future__ import annotations

NAME = "Petra Vogl"
ADDRESS = "petra@example.org"
FULL = f"{NAME} <{ADDRESS}>"

# Gmail's line in each of its languages.
GMAIL: dict[str, str] = {
    "en": f"On Fri, Mar 5, 2027 at 8:30 AM {FULL} wrote:",
    "en-GB": f"On Fri, 5 Mar 2027 at 08:30, {FULL} wrote:",
    "de": f"Am Fr., 5. März 2027 um 08:30 Uhr schrieb {FULL}:",
    "fr": f"Le ven. 5 mars 2027 à 08:30, {FULL} a écrit :",
    "es": f"El vie, 5 mar 2027 a las 8:30, {NAME} (<{ADDRESS}>) escribió:",
    "pt": f"Em sex., 5 de mar. de 2027 às 08:30, {FULL} escreveu:",
    "pt-PT": f"{FULL} escreveu no dia sexta, 5/03/2027 à(s) 08:30:",
    "it": f"Il giorno ven 5 mar 2027 alle ore 08:30 {FULL} ha scritto:",
    "nl": f"Op vr 5 mrt 2027 om 08:30 schreef {FULL}:",
    "da": f"Den fre. 5. mar. 2027 kl. 08.30 skrev {FULL}:",
    "no": f"fre. 5. mars 2027 kl. 08:30 skrev {FULL}:",
    "sv": f"Den fre 5 mars 2027 kl 08:30 skrev {FULL}:",
    "fi": f"pe 5. maalisk. 2027 klo 8.30 {NAME} ({ADDRESS}) kirjoitti:",
    "is": f"Þann fös., 5. mar. 2027 kl. 08:30 skrifaði {FULL}:",
    "pl": f"pt., 5 mar 2027 o 08:30 {FULL} napisał(a):",
    "cs": f"pá 5. 3. 2027 v 8:30 odesílatel {FULL} napsal:",
    "sk": f"pi 5. 3. 2027 o 8:30 {FULL} napísal(a):",
    "hu": f"{FULL} ezt írta (időpont: 2027. márc. 5., P, 8:30):",
    "ro": f"vin., 5 mar. 2027 la 08:30, {FULL} a scris:",
    "hr": f"pet, 5. ožu 2027. u 08:30 {FULL} napisao je:",
    "sr": f"пет, 5. мар 2027. у 08:30 {FULL} је написао/ла:",
    "sl": f"V V pet., 5. mar. 2027 ob 08:30 je oseba {FULL} napisala:",
    "bg": f"На пт, 5.03.2027 г. в 8:30 {FULL} написа:",
    "el": f"Στις Παρ 5 Μαρ 2027 στις 8:30 π.μ., ο χρήστης {FULL} έγραψε:",
    "ru": f"пт, 5 мар. 2027 г. в 08:30, {FULL}:",
    "uk": f"пт, 5 бер. 2027 р. о 08:30 {FULL} пише:",
    "tr": f"{FULL}, 5 Mar 2027 Cum, 08:30 tarihinde şunu yazdı:",
    "et": f"Kuupäev R, 5. märts 2027 kell 08:30 kirjutas {FULL}:",
    "lv": f"Piektd., 2027. g. 5. marts, plkst. 08:30 — lietotājs {NAME} (<{ADDRESS}>) rakstīja:",
    "lt": f"2027-03-05, pn, 08:30 {FULL} rašė:",
    "ca": f"Missatge de {FULL} del dia dv., 5 de març 2027 a les 8:30:",
    "he": f"בתאריך יום ו׳, 5 במרץ 2027 ב-8:30 מאת {FULL}:",
    "ar": f"في الجمعة، 5 مارس 2027 في 8:30 ص تمت كتابة ما يلي بواسطة {FULL}:",
    "fa": f"در تاریخ جمعه ۵ مارس ۲۰۲۷،\u200f ۸:۳۰ {FULL} نوشت:",
    "hi": f"शुक्र, 5 मार्च 2027 को 8:30 am बजे को {FULL} ने लिखा:",
    "th": f"ในวันที่ ศ. 5 มี.ค. 2027 เวลา 08:30 {FULL} เขียนว่า:",
    "vi": f"Vào Th 6, 5 thg 3, 2027 vào lúc 08:30 {FULL} đã viết:",
    "id": f"Pada Jum, 5 Mar 2027 pukul 08.30 {FULL} menulis:",
    "zh-CN": f"{FULL} 于2027年3月5日周五 08:30写道：",
    "zh-TW": f"{FULL} 於 2027年3月5日 週五 上午8:30寫道：",
    "ja": f"2027年3月5日(金) 8:30 {FULL}:",
    "ko": f"2027년 3월 5일 (금) 오전 8:30, {FULL}님이 작성:",
}

# Apple Mail and iOS.
APPLE: dict[str, str] = {
    "en": f"On 5 Mar 2027, at 08:30, {FULL} wrote:",
    "en-US": f"On Mar 5, 2027, at 8:30 AM, {FULL} wrote:",
    "de": f"Am 05.03.2027 um 08:30 schrieb {FULL}:",
    "fr": f"Le 5 mars 2027 à 08:30, {FULL} a écrit :",
    "es": f"El 5 mar 2027, a las 8:30, {FULL} escribió:",
    "pt": f"Em 5 de mar. de 2027, à(s) 08:30, {FULL} escreveu:",
    "pt-PT": f"No dia 05/03/2027, às 08:30, {FULL} escreveu:",
    "it": f"Il giorno 5 mar 2027, alle ore 08:30, {FULL} ha scritto:",
    "nl": f"Op 5 mrt. 2027 om 08:30 heeft {FULL} het volgende geschreven:",
    "da": f"Den 5. mar. 2027 kl. 08.30 skrev {FULL}:",
    "no": f"5. mars 2027 kl. 08:30 skrev {FULL}:",
    "sv": f"5 mars 2027 kl. 08:30 skrev {FULL}:",
    "fi": f"{FULL} kirjoitti 5.3.2027 kello 8.30:",
    "pl": f"Wiadomość napisana przez {FULL} w dniu 05.03.2027, o godz. 08:30:",
    "cs": f"5. 3. 2027 v 8:30, {FULL}:",
    "hu": f"{FULL} írta (2027. 3. 5. dátummal, 8:30 időpontban):",
    "ru": f"5 марта 2027 г., в 08:30, {FULL} написал(а):",
    "uk": f"5 бер. 2027 р. о 08:30 {FULL} пише:",
    "tr": f"{FULL} şunları yazdı (5 Mar 2027 08:30):",
    "el": f"Στις 5 Μαρ 2027, στις 08:30, ο χρήστης {FULL} έγραψε:",
    "hr": f"{FULL} je 05.03.2027. u 08:30 napisao:",
    "ro": f"Pe 5 mar. 2027, la 08:30, {FULL} a scris:",
    "he": f"ב-5 במרץ 2027, בשעה 8:30, {FULL} כתב/ה:",
    "ar": f"في ٥ مارس ٢٠٢٧، الساعة ٨:٣٠ ص، كتب {FULL}:",
    "zh-CN": f"在 2027年3月5日，08:30，{FULL} 写道：",
    "zh-TW": f"{FULL} 於 2027年3月5日 08:30 寫道：",
    "ja": f"2027/03/05 8:30、{FULL}のメール:",
    "ko": f"2027. 3. 5. 오전 8:30, {FULL} 작성:",
}

# Programs that follow one wording in every language, or that have few.
OTHER: dict[str, str] = {
    "thunderbird-en": f"On 05.03.27 08:30, {NAME} wrote:",
    "thunderbird-en-us": f"On 3/5/27 8:30 AM, {NAME} wrote:",
    "thunderbird-de": f"Am 05.03.27 um 08:30 schrieb {NAME}:",
    "thunderbird-fr": f"Le 05/03/2027 à 08:30, {NAME} a écrit :",
    "thunderbird-es": f"El 5/3/27 a las 8:30, {NAME} escribió:",
    "thunderbird-it": f"Il 05/03/2027 08:30, {NAME} ha scritto:",
    "thunderbird-nl": f"Op 05-03-2027 om 08:30 schreef {NAME}:",
    "thunderbird-pl": f"W dniu 5.03.2027 o 08:30, {NAME} pisze:",
    "thunderbird-ru": f"05.03.2027 08:30, {NAME} пишет:",
    "thunderbird-ja": f"On 2027/03/05 8:30, {NAME} wrote:",
    "thunderbird-cs": f"Dne 05. 03. 27 v 8:30 {NAME} napsal(a):",
    "thunderbird-sv": f"Den 2027-03-05 kl. 08:30, skrev {NAME}:",
    "yahoo": f"On Friday, March 5, 2027 at 08:30:11 AM GMT+1, {FULL} wrote:",
    "yahoo-de": f"Am Freitag, 5. März 2027 um 08:30:11 MEZ hat {FULL} Folgendes geschrieben:",
    "yahoo-fr": f"Le vendredi 5 mars 2027 à 08:30:11 UTC+1, {FULL} a écrit :",
    "yahoo-es": f"En viernes, 5 de marzo de 2027, 08:30:11 CET, {FULL} escribió:",
    "proton": f"On Friday, March 5th, 2027 at 8:30 AM, {FULL} wrote:",
    "proton-fr": f"Le vendredi 5 mars 2027 à 8:30 AM, {FULL} a écrit :",
    "kmail": f"On Friday, 5 March 2027 08:30:11 CET {NAME} wrote:",
    "kmail-de": f"Am Freitag, 5. März 2027, 08:30:11 CET schrieb {NAME}:",
    "mutt": f"On Fri, Mar 05, 2027 at 08:30:11AM +0100, {NAME} wrote:",
    "gnus": f"{FULL} writes:",
    "zoho": f"---- On Fri, 05 Mar 2027 08:30:11 +0100 {FULL} wrote ----",
    "roundcube": f"On 2027-03-05 08:30, {NAME} wrote:",
    "roundcube-de": f"Am 2027-03-05 08:30, schrieb {NAME}:",
    "mail.ru": f"Пятница, 5 марта 2027, 8:30 +03:00 от {FULL}:",
    "yandex": f'05.03.2027, 08:30, "{NAME}" <{ADDRESS}>:',
    "netease": f'At 2027-03-05 08:30:11, "{NAME}" <{ADDRESS}> wrote:',
    "netease-zh": f'在 2027-03-05 08:30:11，"{NAME}" <{ADDRESS}> 写道：',
    "fastmail": f"On Fri, 5 Mar 2027, at 8:30 AM, {NAME} wrote:",
    "tutanota": f"5 Mar 2027, 08:30 by {ADDRESS}:",
    "gmail-2015": f"2027-03-05 8:30 GMT+01:00 {FULL}:",
    "outlook-mobile": f'On Fri, Mar 5, 2027 at 8:30 AM +0100, "{NAME}" <{ADDRESS}> wrote:',
    "samsung-old": f"On 5 Mar 2027 08:30, {NAME} <{ADDRESS}> wrote:",
    "evolution": f"On Fri, 2027-03-05 at 08:30 +0100, {NAME} wrote:",
    "evolution-de": f"Am Freitag, dem 05.03.2027 um 08:30 +0100 schrieb {NAME}:",
    "groupwise": f">>> {FULL} 05.03.2027 08:30 >>>",
    "groupwise2": f'>>> "{NAME}" <{ADDRESS}> 3/5/2027 8:30 AM >>>',
    "lotus": f"{FULL} wrote on 05/03/2027 08:30:11:",
    "lotus2": f"{NAME}/Berlin/Example wrote on 05/03/2027 08:30:11:",
    "mailru-old": f"Fri, 5 Mar 2027 08:30:11 +0100 от {FULL}:",
    "guillemets": f"Le 05/03/2027 08:30, « {NAME} » <{ADDRESS}> a écrit :",
    "horde": f"Quoting {FULL}:",
    "horde-de": f"Zitat von {FULL}:",
    "horde-es": f"Citando a {FULL}:",
    "spark": f"On 5 Mar 2027, 08:30 +0100, {FULL}, wrote:",
    "newton": f"On Fri, Mar 05, 2027 at 8:30 am {FULL} wrote:",
    "superhuman": f"On Fri, Mar 05, 2027 at 8:30 AM, {NAME} < {ADDRESS} > wrote:",
    "front": f"On March 5, 2027, 8:30 AM GMT+1 {ADDRESS} wrote:",
    "bluemail": f"On 5 Mar 2027, at 08:30, {NAME} <{ADDRESS}<mailto:{ADDRESS}>> wrote:",
    "bat": "Friday, March 5, 2027, 8:30:11 AM, you wrote:",
    "bat-de": "Freitag, 5. März 2027, 08:30:11, schrieben Sie:",
    "opera": f"On Fri, 05 Mar 2027 08:30:11 +0100, {FULL} wrote:",
    "alpine": f"On Fri, 5 Mar 2027, {NAME} wrote:",
    "emclient": f'On 05/03/2027 08:30:11, "{NAME}" <{ADDRESS}> wrote:',
    "zimbra": f"----- {FULL} wrote:",
    "zimbra2": f"----- On Mar 5, 2027, at 8:30 AM, {FULL} wrote:",
    "sogo": f"On Friday, March 05, 2027 08:30 CET, {FULL} wrote:",
    "webde": f"Am 05.03.27, 08:30 schrieb {FULL}:",
    "webde2": f'Am 05.03.2027 um 08:30 Uhr schrieb "{NAME}" <{ADDRESS}>:',
    "via": f"On Fri, 5 Mar 2027 at 08:30, {NAME} via Example Groups <groups@example.org> wrote:",
    "company": f"Am Fr., 5. März 2027 um 08:30 Uhr schrieb Coaching Vogl & Partner GmbH <{ADDRESS}>:",
    "lower": f"On Fri, 5 Mar 2027 at 08:30, petra from coaching <{ADDRESS}> wrote:",
    "brackets": f"On Fri, 5 Mar 2027 at 08:30, {NAME} [{ADDRESS}] wrote:",
    "paren": f"On Fri, 5 Mar 2027 08:30:11 +0100 (CET) {NAME} wrote:",
    "unknownlang": f"Fredach de 5. Mäerz 2027 um 08:30 huet {FULL} geschriwwen:",
    "unknown2": f"Ar Aoine 5 Márta 2027 ag 08:30, scríobh {FULL}:",
    "unknown3": f"Mnamo Ijumaa, 5 Machi 2027 saa 08:30, {FULL} aliandika:",
    "georgian": f"პარ, 5 მარ. 2027, 08:30-ზე {FULL}-მა დაწერა:",
    "armenian": f"ուրբ, 5 մրտ, 2027 թ., 08:30 {FULL} գրեց՝",
    "bengali": f"শুক্র, ৫ মার্চ, ২০২৭ তারিখে ০৮:৩০ এ {FULL} লিখেছেন:",
    "malay": f"Pada Jum, 5 Mac 2027 pukul 08:30 {FULL} menulis:",
    "filipino": f"Noong Biy, Mar 5, 2027 nang 8:30 AM, si {FULL} ay sumulat:",
}

# "no date": name, address and the verb as the language has it.
WITHOUT_DATE: dict[str, str] = {
    "en": f"{FULL} wrote:",
    "de": f"{FULL} schrieb:",
    "fr": f"{FULL} a écrit :",
    "es": f"{FULL} escribió:",
    "pt": f"{FULL} escreveu:",
    "it": f"{FULL} ha scritto:",
    "nl": f"{FULL} schreef:",
    "da": f"{FULL} skrev:",
    "fi": f"{FULL} kirjoitti:",
    "pl": f"{FULL} napisał(a):",
    "cs": f"{FULL} napsal(a):",
    "hu": f"{FULL} írta:",
    "ro": f"{FULL} a scris:",
    "ru": f"{FULL} написал(а):",
    "uk": f"{FULL} написав:",
    "bg": f"{FULL} написа:",
    "el": f"{FULL} έγραψε:",
    "tr": f"{FULL} şunları yazdı:",
    "et": f"{FULL} kirjutas:",
    "lt": f"{FULL} rašė:",
    "lv": f"{FULL} rakstīja:",
    "hr": f"{FULL} napisao je:",
    "he": f"{FULL} כתב:",
    "ar": f"{FULL} كتب:",
    "vi": f"{FULL} đã viết:",
    "id": f"{FULL} menulis:",
    "zh": f"{FULL} 写道：",
    "ja": f"{FULL} のメール:",
    "ko": f"{FULL} 작성:",
    "th": f"{FULL} เขียนว่า:",
    "ca": f"{FULL} va escriure:",
}

# Outlook's block: From, Sent, To, Subject as labelled, and the date as it is written there.
OUTLOOK: dict[str, tuple[str, str, str, str, str]] = {
    "en": ("From", "Sent", "To", "Subject", "Friday, March 5, 2027 8:30 AM"),
    "de": ("Von", "Gesendet", "An", "Betreff", "Freitag, 5. März 2027 08:30"),
    "fr": ("De", "Envoyé", "À", "Objet", "vendredi 5 mars 2027 08:30"),
    "es": ("De", "Enviado el", "Para", "Asunto", "viernes, 5 de marzo de 2027 8:30"),
    "pt": ("De", "Enviada em", "Para", "Assunto", "sexta-feira, 5 de março de 2027 08:30"),
    "it": ("Da", "Inviato", "A", "Oggetto", "venerdì 5 marzo 2027 08:30"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp", "vrijdag 5 maart 2027 08:30"),
    "da": ("Fra", "Sendt", "Til", "Emne", "5. marts 2027 08:30"),
    "no": ("Fra", "Sendt", "Til", "Emne", "fredag 5. mars 2027 08:30"),
    "sv": ("Från", "Skickat", "Till", "Ämne", "den 5 mars 2027 08:30"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe", "perjantai 5. maaliskuuta 2027 8.30"),
    "is": ("Frá", "Sent", "Til", "Efni", "föstudagur, 5. mars 2027 08:30"),
    "pl": ("Od", "Wysłano", "Do", "Temat", "piątek, 5 marca 2027 08:30"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět", "pátek 5. března 2027 8:30"),
    "sk": ("Od", "Odoslané", "Komu", "Predmet", "piatok 5. marca 2027 8:30"),
    "hu": ("Feladó", "Elküldve", "Címzett", "Tárgy", "2027. március 5., péntek 8:30"),
    "ro": ("De la", "Trimis", "Către", "Subiect", "vineri, 5 martie 2027 08:30"),
    "hr": ("Od", "Poslano", "Prima", "Predmet", "petak, 5. ožujka 2027. 08:30"),
    "sl": ("Od", "Poslano", "Za", "Zadeva", "petek, 5. marec 2027 08:30"),
    "sr": ("Од", "Послато", "За", "Наслов", "петак, 5. март 2027. 08:30"),
    "bg": ("От", "Изпратено", "До", "Относно", "петък, 5 март 2027 г. 08:30"),
    "ru": ("От", "Отправлено", "Кому", "Тема", "5 марта 2027 г. 8:30"),
    "uk": ("Від", "Надіслано", "Кому", "Тема", "5 березня 2027 р. 8:30"),
    "el": ("Από", "Στάλθηκε", "Προς", "Θέμα", "Παρασκευή, 5 Μαρτίου 2027 8:30"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu", "5 Mart 2027 Cuma 08:30"),
    "et": ("Saatja", "Saadetud", "Adressaat", "Teema", "reede, 5. märts 2027 08:30"),
    "lv": ("No", "Nosūtīts", "Kam", "Tēma", "piektdiena, 2027. gada 5. marts 08:30"),
    "lt": ("Nuo", "Išsiųsta", "Kam", "Tema", "2027 m. kovo 5 d., penktadienis 08:30"),
    "ca": ("De", "Enviat el", "Per a", "Assumpte", "divendres, 5 de març de 2027 8:30"),
    "he": ("מאת", "נשלח", "אל", "נושא", "יום שישי 05 מרץ 2027 08:30"),
    "ar": ("من", "تم الإرسال", "إلى", "الموضوع", "05 مارس, 2027 08:30 ص"),
    "fa": ("از", "ارسال شده", "به", "موضوع", "جمعه 5 مارس 2027 08:30"),
    "th": ("จาก", "ส่ง", "ถึง", "เรื่อง", "วันศุกร์ที่ 5 มีนาคม 2027 8:30"),
    "vi": ("Từ", "Đã gửi", "Đến", "Chủ đề", "05 Tháng Ba 2027 08:30"),
    "id": ("Dari", "Dikirim", "Kepada", "Subjek", "05 Maret 2027 08:30"),
    "zh-CN": ("发件人", "发送时间", "收件人", "主题", "2027年3月5日 8:30"),
    "zh-TW": ("寄件者", "寄件日期", "收件者", "主旨", "2027年3月5日 8:30"),
    "ja": ("差出人", "送信日時", "宛先", "件名", "2027年3月5日 8:30"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목", "2027년 3월 5일 금요일 오전 8:30"),
}

# Header blocks of other programs, with the odd lines some of them hold.
BLOCKS: dict[str, str] = {
    "samsung-flat": (
        f"-------- Original message --------From: {FULL} Date: 05/03/2027  08:30  (GMT+01:00) To: Dana Reis Subject: x"
    ),
    "samsung-flat-de": (
        f"-------- Ursprüngliche Nachricht --------Von: {FULL} Datum: 05.03.27  08:30  "
        "(GMT+01:00) An: Dana Reis Betreff: x"
    ),
    "samsung": (
        f"-------- Original message --------\nFrom: {FULL}\nDate: 05/03/2027 08:30 (GMT+01:00)\nTo: Dana\nSubject: x"
    ),
    "samsung-reply": (
        f'----- Reply message -----\nFrom: "{NAME}" <{ADDRESS}>\nTo: x\nSubject: y\nDate: Fri, Mar 5, 2027 8:30 am'
    ),
    "gmx-block": (
        f'Gesendet: Freitag, 05. März 2027 um 08:30 Uhr\nVon: "{NAME}" <{ADDRESS}>\nAn: dana@example.org\nBetreff: x'
    ),
    "gmx-block2": (f"Gesendet: Freitag, 05. März 2027 um 08:30 Uhr\nVon: {NAME}\nBetreff: x"),
    "hotmail": (f"Date: Fri, 5 Mar 2027 08:30:11 +0100\nSubject: x\nFrom: {ADDRESS}\nTo: d@example.org"),
    "msn": (
        "_________________________________________________________________\n"
        f"From: {NAME}\n"
        "Sent: 05 March 2027 08:30\n"
        "To: Dana\n"
        "Subject: x"
    ),
    "outlook-onbehalf": (
        f"From: {NAME} [mailto:{ADDRESS}] On Behalf Of Coaching\n"
        "Sent: Friday, March 05, 2027 8:30 AM\n"
        "To: 'Dana Reis'; 'Lee Example'\n"
        "Cc: x\n"
        "Subject: x"
    ),
    "long-to": (
        f"From: {FULL}\n"
        "Sent: Friday, March 5, 2027 8:30 AM\n"
        "To: A B <a@example.org>; C D <c@example.org>;\n"
        " E F <e@example.org>; G H\n"
        " <g@example.org>\n"
        "Subject: x"
    ),
    "outlook-imp": (f"From: {NAME}\nSent: Friday, March 5, 2027 8:30 AM\nTo: Dana\nSubject: x\nImportance: High"),
    "nl-outlookapp": (f"Van: {FULL}\nDatum: vrijdag, 5 maart 2027 om 08:30\nAan: Dana\nOnderwerp: x"),
    "mac": (f"From:  {FULL}\nDate:  Friday, March 5, 2027 at 8:30 AM\nTo:  Dana\nSubject:  x"),
    "from-org": (f"From: {FULL}\nOrganization: Example\nReply-To: {FULL}\nDate: Fri, 5 Mar 2027\nTo: Dana\nSubject: x"),
    "eM": (
        f'------ Original Message ------\nFrom: "{NAME}" <{ADDRESS}>\nTo: "Dana"\nSent: 05.03.2027 08:30:11\nSubject: x'
    ),
    "apple-fr-block": (f"De : {FULL}\nObjet : x\nDate : 5 mars 2027 à 08:30:11 UTC+1\nÀ : Dana"),
    "qq": (
        "------------------ 原始邮件 ------------------\n"
        f'发件人: "{NAME}"<{ADDRESS}>;\n'
        "发送时间: 2027年3月5日(星期五) 上午8:30\n"
        '收件人: "Dana"<d@example.org>;\n'
        "主题: x"
    ),
    "foxmail": (f"发件人： {NAME}\n发送时间： 2027-03-05 08:30\n收件人： Dana\n主题： x"),
    "naver": (
        "-----Original Message-----\n"
        f'From: "{NAME}"<{ADDRESS}>\n'
        "To: <d@example.org>;\n"
        "Cc:\n"
        "Sent: 2027-03-05 (금) 08:30:11 (GMT+09:00)\n"
        "Subject: x"
    ),
}

# Lines of dashes above a block or a quote.
DIVIDERS: tuple[str, ...] = (
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
    "-----Message d'origine-----",
    "-----Mensaje original-----",
    "-----Mensagem original-----",
    "-----Messaggio originale-----",
    "-----Oorspronkelijk bericht-----",
    "-----Oprindelig meddelelse-----",
    "-----Opprinnelig melding-----",
    "-----Ursprungligt meddelande-----",
    "-----Alkuperäinen viesti-----",
    "-----Wiadomość oryginalna-----",
    "-----Původní zpráva-----",
    "-----Pôvodná správa-----",
    "-----Eredeti üzenet-----",
    "-----Исходное сообщение-----",
    "-----Orijinal Mesaj-----",
    "-------- Original-Nachricht --------",
    "------- Original Message -------",
    "----- Mail original -----",
    "---------- Original Message ----------",
    "------------------ 原始邮件 ------------------",
    "-----元のメッセージ-----",
    "-----원본 메시지-----",
    "-----הודעה מקורית-----",
    "-----الرسالة الأصلية-----",
)

FORWARDS: tuple[str, ...] = (
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "-------- Forwarded Message --------",
    "-------- Weitergeleitete Nachricht --------",
    "Anfang der weitergeleiteten Nachricht:",
    "---------- Message transféré ---------",
    "Début du message réexpédié :",
    "-------- Message transféré --------",
    "---------- Mensaje reenviado ---------",
    "Inicio del mensaje reenviado:",
    "---------- Messaggio inoltrato ---------",
    "Inizio messaggio inoltrato:",
    "---------- Doorgestuurd bericht ---------",
    "Begin doorgestuurd bericht:",
    "---------- Mensagem encaminhada ---------",
    "Início da mensagem encaminhada:",
    "---------- Videresendt meddelelse ---------",
    "---------- Vidarebefordrat meddelande ---------",
    "---------- Przekazana wiadomość ---------",
    "---------- Přeposlaná zpráva ---------",
    "---------- Пересылаемое сообщение ----------",
    "---------- 转发的邮件 ---------",
    "---------- Forwarded message ----------",
)
