import csv

from analysis.model import parameters as model_flags
from analysis.paths import from_root
from analysis.plain_text import percent
from analysis.text.labels import FLAGS, joined
from analysis.vocabulary import FLAGS as KNOWN


def test_every_flag_of_the_model_has_a_label():
    assert set(FLAGS) == {"none", *model_flags.FLAGS}


def test_the_article_s_severity_is_kept_word_for_word():
    with from_root("data/article/severity_labels.csv").open(encoding="utf-8") as stream:
        given = {
            flag: row["severity"]
            for row in csv.DictReader(stream)
            for flag in row["red_flags"].split(";")
        }
    assert {code: flag.severity for code, flag in KNOWN.items() if flag.severity} == given


def test_a_share_is_never_written_as_a_certainty_it_is_not():
    shown = [percent(share) for share in (0, 0.004, 0.5, 0.9951, 1)]
    assert shown == ["0%", "less than 1%", "50%", "more than 99%", "100%"]


def test_an_enumeration_reads_as_prose():
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"]) == "a, b and c"
