import re

import pytest

from analysis.advice.labels import FLAGS, joined, percent
from analysis.advice.standing import FLAG_ADVICE, flag_advice_markdown
from analysis.model import flags as model_flags

VERDICTS = re.compile(r"out of reach|hopeless|impossible|never match|no chance", re.IGNORECASE)


def test_every_flag_of_the_model_has_words_and_a_label():
    assert set(FLAG_ADVICE) == set(FLAGS) == {"none", *model_flags.FLAGS}


@pytest.mark.parametrize("flag", FLAG_ADVICE)
def test_no_flag_is_met_with_a_verdict(flag):
    assert not VERDICTS.search(flag_advice_markdown([flag]))


def test_each_flag_says_what_changes_what_stays_and_what_helps():
    text = flag_advice_markdown(["step1_failure", "loa_academic"])
    assert text.count("**What a high Step 2 CK changes.**") == 2
    assert text.count("**What it cannot fix.**") == 2
    assert text.count("**What helps.**") == 2
    assert text.index("Step 1 failed") < text.index("Leave of absence")


def test_a_spotless_record_has_words_too():
    assert "### No red flag" in flag_advice_markdown([])


@pytest.mark.parametrize("flag", ["clerkship_chronic_low", "professionalism", "mspe_concern"])
def test_what_the_score_does_not_touch_is_said_plainly(flag):
    assert re.match(r"Very little|Nothing", FLAG_ADVICE[flag].changes)


def test_published_facts_carry_their_citation():
    assert "Nguyen et al., JAMA 2024" in FLAG_ADVICE["loa_academic"].cannot
    assert "Angus et al., Acad Med 2019" in FLAG_ADVICE["professionalism"].cannot


def test_a_share_is_never_written_as_a_certainty_it_is_not():
    shown = [percent(share) for share in (0, 0.004, 0.5, 0.9951, 1)]
    assert shown == ["0 %", "under 1 %", "50 %", "over 99 %", "100 %"]


def test_an_enumeration_reads_as_prose():
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"]) == "a, b and c"
