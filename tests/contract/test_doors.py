"""The ways in: make, a code host's workflow, pre-commit, launchers, links, citation."""

import os
import re
import shutil
import stat
import subprocess
import tomllib

import pytest
import yaml
from typer.main import get_command

from analysis.assumptions import read_assumptions, toml_text
from analysis.cli import app
from analysis.model.terms import TERMS
from analysis.paths import project_root

ROOT = project_root()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "reports" / "README.md",
                ROOT / "data" / "README.md"])  # fmt: skip
# The changelog tells of names and options that are gone as well.
OF_TODAY = [page for page in PAGES if page.name != "CHANGELOG.md"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
NEEDED = ("make", "bash")
pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in NEEDED), reason="needs make and bash"
)


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def made(*arguments, folder=ROOT):
    """Output of make, as from a shell: the tests may themselves be run by a make."""
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFL"))
    }
    return subprocess.run(
        [shutil.which("make"), *arguments],
        cwd=folder,
        env=own,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def targets(makefile):
    """Targets that a person may call, as .PHONY names them."""
    return re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()


def missing_from_help(makefile, shown):
    return [
        name for name in targets(makefile) if not re.search(rf"^  make {name} +\S", shown, re.M)
    ]


def test_make_alone_lists_every_target_and_itself():
    assert made() == made("help")
    assert missing_from_help(text("Makefile"), made("help")) == []


def test_a_target_without_a_word_of_help_would_be_seen(tmp_path):
    twin = tmp_path / "Makefile"
    twin.write_text(re.sub(r"(?m)^(bench:.*?) +## .*$", r"\1", text("Makefile")))
    assert missing_from_help(twin.read_text(), made("help", folder=tmp_path)) == ["bench"]


def test_the_page_for_contributors_names_only_targets_that_are_there():
    for page in PAGES:
        for name in re.findall(r"`make ([a-z]+)`", page.read_text(encoding="utf-8")):
            assert name in targets(text("Makefile")), f"{page.name}: make {name}"


def test_ci_is_browser_check_test_and_soak_and_skips_nothing():
    assert re.search(r"^ci: browser check test soak\b", text("Makefile"), re.M)
    assert "COUNTERSIGNAL_REQUIRE_BROWSER" in made("-n", "-p", "ci")
    assert text(".ci/run").strip().splitlines()[-1] == "make ci"
    assert stat.S_IXUSR & (ROOT / ".ci" / "run").stat().st_mode


def test_the_workflow_of_a_code_host_calls_make_ci_with_the_least_rights():
    flow = yaml.safe_load(text(".github/workflows/ci.yml"))
    (job,) = flow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step][-1].endswith("make ci")
    assert flow["permissions"] == {"contents": "read"}
    assert set(flow[True]) == {"push", "pull_request"}  # YAML reads the key `on` as true
    versions = [step["with"]["python-version"] for step in job["steps"] if "with" in step]
    lowest = tomllib.loads(text("pyproject.toml"))["project"]["requires-python"]
    assert versions == [lowest.removeprefix(">=")]


def test_pre_commit_runs_what_make_check_runs():
    hooks = yaml.safe_load(text(".pre-commit-config.yaml"))["repos"]
    entries = [hook["entry"] for repo in hooks for hook in repo["hooks"]]
    assert "make check" in entries
    assert {repo["repo"] for repo in hooks} == {"local"}  # nothing is downloaded
    for entry in entries:
        for word in entry.split():
            assert not word.startswith("tests/") or (ROOT / word).exists()


def test_make_check_is_lint_format_types_and_notebooks_in_step():
    line = made("-n", "check", "-o", ".venv/dev").strip().splitlines()[-1]
    parts = [part.split("/")[-1] for part in line.split(" && ")]
    assert parts == [
        "ruff check .",
        "ruff format --check .",
        "mypy",
        "python -m analysis.report.derive --check",
    ]


def test_the_citation_names_this_version_and_license():
    citation = yaml.safe_load(text("CITATION.cff"))
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert str(citation["version"]) == project["version"]
    assert citation["license"] == project["license"]
    assert {"cff-version", "message", "title", "authors", "date-released"} <= set(citation)


def dead_links(page, root=ROOT):
    """Links of a page to what is not there: a file, or a heading of a page."""
    found = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        there = target.exists() and target.is_relative_to(root)
        if not there or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


def anchors(page):
    """Anchors that a code host gives the headings of a page."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_link_and_picture_of_a_page_is_there(page):
    assert dead_links(page) == []


def test_a_link_to_nowhere_would_be_seen(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One head\n[a](#one-head) [b](#two) ![c](no.png) [d](../x) [e](page.md)\n")
    assert dead_links(page, tmp_path) == ["#two", "no.png", "../x"]


def test_each_decision_is_a_page_at_most_and_stands_in_the_list():
    folder = ROOT / "docs" / "decisions"
    pages = {page.name: page.read_text(encoding="utf-8") for page in folder.glob("0*.md")}
    assert [name for name, page in pages.items() if len(page.split()) > 800] == []
    assert set(LINK.findall(text("docs/decisions/README.md"))) == set(pages)


# A page's `code` that is one name, a key of the assumptions, or a path.
NAME = re.compile(r"[a-z][a-z0-9]+(?:_[a-z0-9]{2,})+")
KEY = re.compile(r"([a-z_]+)\.(?!csv|toml)[a-z_0-9.]+")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?|[\w-]+\.(?:py|typ|js)")
# Made by a command, or a column for each red flag.
KEYS = re.compile(r"^\[([^\]]+)\]", re.MULTILINE)
MADE_LATER = re.compile(r"reports/out|data/private/|tolerance_\w+$")


@pytest.fixture(scope="module")
def known():
    """Words of the code and the data, names of tests, and keys of the assumptions."""
    folders = (
        "src",
        "data/assumptions",
        "data/article",
        "data/sample",
        "benchmarks",
        "tools",
        "notebooks",
    )
    kinds = {".py", ".toml", ".csv", ".typ", ".js", ".md"}
    files = [f for folder in folders for f in (ROOT / folder).rglob("*") if f.suffix in kinds]
    words = set(re.findall(r"\w+", text("pyproject.toml")))
    for file in files:
        words |= {file.stem, *re.findall(r"\w+", file.read_text(encoding="utf-8"))}
    for file in (ROOT / "tests").rglob("*.py"):
        words |= set(re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE))
    words |= {f"logit_{term}" for term in TERMS}
    return words, set(KEYS.findall(toml_text(read_assumptions())))


def names_of_nothing(page_text, known):
    """What a page names that is in no file of the project."""
    words, keys = known
    roots = {key.split(".")[0] for key in keys}
    prose = re.sub(r"^```.*?^```$", "", page_text, flags=re.DOTALL | re.MULTILINE)
    wrong = []
    for span in re.findall(r"`([^`\n]+)`", prose):
        key = KEY.fullmatch(span)
        if MADE_LATER.match(span):
            continue
        if PATH.fullmatch(span) and not re.match(r"\W|\w/", span):
            places = (ROOT, ROOT / "src" / "analysis", ROOT / "docs", ROOT / "data")
            there = any((place / span).exists() for place in places)
            if not there and not ("/" not in span and list(ROOT.glob(f"src/**/{span}"))):
                wrong.append(span)
        elif key and key[1] in roots and not PATH.fullmatch(span):
            if not any(known_key.startswith(span) for known_key in keys):
                wrong.append(span)
        elif NAME.fullmatch(span) and span not in words:
            wrong.append(span)
    return wrong


@pytest.mark.parametrize("page", OF_TODAY, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_file_key_and_column_that_a_page_names_is_there(page, known):
    assert names_of_nothing(page.read_text(encoding="utf-8"), known) == []


def test_a_name_of_nothing_would_be_seen(known):
    page = (
        "`model/level.py` `model/levels.py` `level.basis` `level.bases` `red_flags` "
        "`red_flagses` `x/n`\n```sh\nno_command\n```\n"
        "`data/private/mine.csv` `season.csv` `../x` `engine.py` `engines.py`\n"
    )
    assert names_of_nothing(page, known) == [
        "model/levels.py",
        "level.bases",
        "red_flagses",
        "engines.py",
    ]


# Options of other programs that pages name as well: papermill's.
OPTIONS_OF_OTHERS = {"--engine"}


def commands_of(group, above="countersignal"):
    """Every command by its whole name, with its options."""
    options = {opt for p in group.params for opt in (*p.opts, *p.secondary_opts)}
    found = {above: options | {"--help", "--project"}}
    for name, command in getattr(group, "commands", {}).items():
        found |= commands_of(command, f"{above} {name}")
    return found


def misnamed(page_text, commands):
    """Commands and options in a page's `code` that countersignal does not have."""
    everywhere = set().union(*commands.values(), OPTIONS_OF_OTHERS)
    wrong = []
    for span in re.findall(r"`([^`\n]+)`", page_text):
        words = span.split()
        if words[0] == "countersignal":
            known = [n for n in range(len(words), 0, -1) if " ".join(words[:n]) in commands]
            own = commands[" ".join(words[: known[0]])]
            group = any(name.startswith(" ".join(words[: known[0]]) + " ") for name in commands)
            if group and words[known[0] :] and not words[known[0]].startswith("-"):
                wrong.append(span)
            wrong += [f"{span}: {w}" for w in words if w.startswith("--") and w not in own]
        elif words[0].startswith("--"):
            wrong += [w for w in [words[0].split("=")[0]] if w not in everywhere]
    return wrong


@pytest.fixture(scope="module")
def commands():
    return commands_of(get_command(app))


@pytest.mark.parametrize(
    "page",
    [*OF_TODAY, *sorted(ROOT.glob("notebooks/*.py"))],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_each_command_and_option_named_in_a_sentence_is_there(page, commands):
    assert misnamed(page.read_text(encoding="utf-8"), commands) == []


def test_a_command_or_option_that_is_not_there_would_be_seen(commands):
    page = "`countersignal graduates push` `countersignal pick S1 --budgets 3` `--fil` `--fill`"
    assert misnamed(page, commands) == [
        "countersignal graduates push",
        "countersignal pick S1 --budgets 3: --budgets",
        "--fil",
    ]


def test_every_notebook_is_linked_for_advisors_to_read():
    linked = set(re.findall(r"\(\.\./notebooks/([^)]+)\.ipynb\)", text("docs/for-advisors.md")))
    assert linked == {path.stem for path in (ROOT / "notebooks").glob("*.py")}


def test_every_picture_of_the_readme_has_words_for_who_does_not_see_it():
    pictures = re.findall(r"!\[([^\]]*)\]\(docs/images/[^)]+\)", text("README.md"))
    assert len(pictures) >= 4
    assert min(map(len, pictures)) > 40


def launched(tmp_path, code, files=(), *, set_up=True, installed=True):
    """Begin the launcher of macOS in a copy of the house whose command only tells its arguments."""
    house = tmp_path / "house"
    (house / "launchers").mkdir(parents=True)
    shutil.copy(ROOT / "launchers" / "render-class.command", house / "launchers")
    command = house / ".venv" / "bin" / "countersignal"
    command.parent.mkdir(parents=True)
    starts = f'[ "$1" = --version ] && exit {0 if set_up else 127}'
    command.write_text(f'#!/bin/bash\n{starts}\nprintf "%s\\n" "$@"\nexit {code}\n')
    command.chmod(0o700 if installed else 0o600)
    for name in files:
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        (house / name).touch()
    return subprocess.Popen(
        [str(house / "launchers" / "render-class.command")],
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def arguments_of(process):
    """What the launcher gave the command, after the user has closed it."""
    return process.communicate("\n", timeout=20)[0].split("\n\n")[0].splitlines()


def test_the_launcher_renders_the_private_class(tmp_path):
    assert arguments_of(launched(tmp_path, 0)) == [
        "batch",
        "--students",
        "data/private/students.csv",
        "--programs",
        "data/private/programs.csv",
        "--out",
        "reports/out/class",
    ]


def test_the_launcher_adds_what_is_there(tmp_path):
    files = ["reports/out/class/manifest.json", "data/private/preferences.csv"]
    process = launched(tmp_path, 0, [*files, "data/private/graduates.csv"])
    assert arguments_of(process)[7:] == [
        "--resume",
        "--preferences",
        "data/private/preferences.csv",
        "--graduates",
        "data/private/graduates.csv",
    ]


def test_the_launcher_takes_a_workbook_and_the_mapping_beside_it(tmp_path):
    files = ["students.xlsx", "programs.ods", "programs.csv", "mapping.toml"]
    lines = arguments_of(launched(tmp_path, 0, [f"data/private/{name}" for name in files]))
    assert lines[2] == "data/private/students.xlsx"
    assert lines[4] == "data/private/programs.csv"
    assert lines[7:] == ["--mapping", "data/private/mapping.toml"]


@pytest.mark.parametrize("code", [0, 1, 2, 130])
def test_the_launcher_waits_at_its_end_and_keeps_the_exit_code(tmp_path, code):
    process = launched(tmp_path, code)
    said = []
    while not said or "Press Return" not in said[-1]:
        assert process.poll() is None
        said.append(process.stdout.readline())
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.2)
    process.communicate("\n", timeout=20)
    assert process.returncode == code
    place = f"  {tmp_path / 'house' / 'reports' / 'out' / 'class'}\n"
    assert (place in said) == (code == 0)
    assert any("needs your attention" in line for line in said) == (code != 0)


def test_the_launcher_says_how_to_set_up_where_the_command_does_not_start(tmp_path):
    process = launched(tmp_path, 0, set_up=False)
    said, _ = process.communicate("\n", timeout=20)
    assert process.returncode == 2
    assert "conda env create -f environment.yml" in said
    assert "batch" not in said


@pytest.mark.parametrize("place", ["miniforge3", "miniconda3", "anaconda3"])
def test_the_launcher_finds_a_conda_that_is_not_on_the_path(tmp_path, monkeypatch, place):
    conda = tmp_path / "home" / place / "condabin" / "conda"
    conda.parent.mkdir(parents=True)
    conda.write_text('#!/bin/bash\necho "$@"\n')
    conda.chmod(0o700)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    process = launched(tmp_path, 0, installed=False)
    assert arguments_of(process)[0].startswith(
        "run --no-capture-output -n countersignal countersignal batch --students"
    )
    windows = text("launchers/render-class.bat")
    assert place in re.search(r"where conda .*for %%K in \((.*?)\)", windows)[1].split()


def test_both_launchers_do_the_same():
    mac, windows = text("launchers/render-class.command"), text("launchers/render-class.bat")
    for word in (
        "--no-capture-output -n countersignal countersignal",
        "batch --students",
        "Something needs your attention",
        "Done. The reports and summary.csv are in:",
        "is not set up on this computer",
        "conda env update -f environment.yml",
        "--preferences",
        "--graduates",
        "--resume",
        "--mapping",
        "xlsx",
        "--out reports",
    ):
        assert word in mac
        assert word in windows
    attention = r'if not "%CODE%"=="0" set "SAID=Something needs your attention'
    assert re.search(rf"{attention}.*\necho\.\necho %SAID%\npause\nexit", windows)
    assert windows.rstrip().endswith("exit /b %CODE%")
    assert "*.bat text eol=crlf" in text(".gitattributes")
    assert stat.S_IXUSR & (ROOT / "launchers" / "render-class.command").stat().st_mode


def test_locks_are_hashed_and_hold_what_the_project_asks_for():
    wanted = tomllib.loads(text("pyproject.toml"))["project"]["dependencies"]
    for lock in ("requirements.lock", "requirements-dev.lock"):
        held = re.findall(r"^([a-z0-9-]+)==\S+.*\\$", text(lock), re.MULTILINE)
        entries = re.split(r"\n(?=[a-z0-9-]+==)", text(lock))
        assert all("--hash=sha256:" in entry for entry in entries if "==" in entry)
        assert {re.split(r"[\[>=<]", name)[0] for name in wanted} <= set(held)


def test_wheels_are_looked_for_on_every_platform_of_the_doors():
    platforms = re.search(r"^PLATFORMS := (.*)$", text("Makefile"), re.MULTILINE)[1].split()
    assert platforms == [
        "x86_64-pc-windows-msvc",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
        "x86_64-unknown-linux-gnu",
        "aarch64-unknown-linux-gnu",
    ]
    assert "--only-binary :all:" in text("Makefile")
