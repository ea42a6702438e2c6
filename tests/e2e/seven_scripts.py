"""An advisor's note of three thousand words in seven scripts, as a real one could be typed."""

PARAGRAPHS = {
    "Latin": "Your course failure in the first year stays on the transcript, and your Step 2 CK of "
    "255 speaks to the same doubt. Say in two sentences what happened, what you changed (a study "
    "group, a tutor, sleep) and what has gone well since. Dr. Müller and Señora Núñez have offered "
    "to read your draft before Friday: send it to them at 9:30, not later.",
    "Greek": "Η αποτυχία σου στο πρώτο έτος μένει στον φάκελο, όμως ο βαθμός 255 στο Step 2 CK "
    "μιλά για την ίδια αμφιβολία. Γράψε σε δύο προτάσεις τι συνέβη, τι άλλαξες και τι πήγε καλά "
    "από τότε. Η καθηγήτρια θα διαβάσει το κείμενό σου πριν από την Παρασκευή.",
    "Cyrillic": "Неудача на первом курсе остаётся в деле, но результат 255 по Step 2 CK отвечает "
    "на тот же вопрос. Напиши двумя предложениями, что произошло, что изменилось и что с тех пор "
    "получилось хорошо. Профессор прочтёт черновик до пятницы, отправь его не позже девяти утра.",
    "Han and Kana": "第一 学年 的 课程 失败 仍然 留在 成绩单 上， 但 Step 2 CK 的 255 分 回答 了 "
    "同样 的 疑问。 请 用 两 句 话 说明 发生 了 什么、 你 改变 了 什么。 "
    "一年生 の ときの 不合格 は 記録 に 残ります が、 二百五十五 点 は その 後 の "
    "努力 を 示します。 金曜日 まで に 下書き を 送って ください。",
    "Hangul": "첫 학년의 과목 낙제는 기록에 남지만 Step 2 CK 255점은 같은 의문에 대한 답이 됩니다. "
    "무슨 일이 있었는지, 무엇을 바꾸었는지, 그 뒤로 무엇이 잘되었는지 두 문장으로 적어 주세요. "
    "교수님께서 금요일 전에 초안을 읽어 주시기로 하셨습니다.",
    "Hebrew": "הכישלון בקורס בשנה הראשונה נשאר בגיליון, אבל ציון 255 ב-Step 2 CK עונה על אותו "
    "הספק. כתוב בשני משפטים מה קרה, מה שינית ומה הצליח מאז. המרצה תקרא את הטיוטה לפני יום שישי, "
    "שלח אותה עד 9:30 בבוקר.",
    "Arabic": "يبقى رسوب السنة الأولى في السجل، لكن درجة 255 في Step 2 CK تجيب عن الشك نفسه. "
    "اكتب في جملتين ماذا حدث وماذا غيّرت وماذا نجح منذ ذلك الحين. ستقرأ الأستاذة المسودة قبل يوم "
    "الجمعة، فأرسلها قبل الساعة 9:30 صباحًا.",
}
WORDS = 3000
# A word of each script that stands in no other text of the report.
SAMPLES = ("Núñez", "αμφιβολία", "Неудача", "成绩单", "금요일", "הטיוטה", "المسودة")


def note():
    """Three thousand words and a few, the paragraphs in turn."""
    found, count = [], 0
    while count < WORDS:
        for text in PARAGRAPHS.values():
            found.append(text)
            count += len(text.split())
    return "\n\n".join(found)
