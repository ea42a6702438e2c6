"""Texts that mean something to a program they may pass through, or ask much of it."""

WORDS = "read me"  # stands at the end of each, so that a test sees that nothing stopped halfway
TRICKS = {
    "typst": '#read("/etc/passwd") #panic("x") #include "a" $ x $ @r `c` [ ] { } //c /* c */ \\',
    "markdown": "# h\n\n* a\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![x](file:///etc/passwd) <http://x>",
    "tex": r"\input{/etc/passwd} $\frac{1}{2}$ \write18{id} \end{document} % c ^^M \def\x{\x\x}\x",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;&#0;<!-- x --><svg onload=1>",
    "shell": "$(touch PWNED) `touch PWNED`; rm -rf / | cat & echo > x; %PATH% !!",
    "jinja": "{{ 7*7 }} {% for x in y %} {{ config.__class__ }} {# c #} ${7*7} <%= 1 %>",
    "format": "{0} {x.__class__} {student_id!r:>{w}} %s %n %(a)s {}",
    "formula": '=HYPERLINK("http://x";"y")',
    "our own marks": "COUNTERSIGNALFIGURE0\n\nCOUNTERSIGNALTYPED0\n\nStudent S002 · page 1 of 1",
}
MARKED = {
    "bidirectional": "abc\u202edef\u202c \u2066x\u2069",
    "controls": "a\x01b\x07c\x1b[31md\x7fe\x9bf",
    "no characters": "\ufffe \U0010ffff \ue000 \u0378",
    "emoji": "👩\u200d⚕️ 🇺🇸 👍🏽 🩺",
}
SCRIPTS = {
    "Chinese": "李明 張偉",
    "Japanese": "日本語 かな カナ",
    "Korean": "김철수 홍길동",
    "Hebrew": "שלום עולם",
    "Arabic": "محمد علي",
    "Greek": "Ωραία Ελλάδα",
    "Cyrillic": "Иванова Ольга",
    "faces": "😀 ❤️",
}
LENGTH = 100_000
LONG = {
    "one word": "w" * LENGTH,
    "words": "word " * (LENGTH // 5),
    "signs": "#*_`$[]<>\\|" * (LENGTH // 11),
    "Chinese": "李" * LENGTH,
    "one Arabic word": "محمد" * (LENGTH // 4),
    "Hebrew": "שלום עולם " * (LENGTH // 10),
    "pictures": "🩺😀" * (LENGTH // 2),
    "marks on one letter": "e" + "\u0301" * (LENGTH - 1),
    "paragraphs": "a\n\n" * (LENGTH // 3),
    "lines": "a\n" * (LENGTH // 2),
}
