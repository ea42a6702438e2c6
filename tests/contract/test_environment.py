import re
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.version import Version

from analysis.paths import project_root

# pyproject's name -> conda-forge's, where they differ
CONDA_NAME = {
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
    "seaborn": "seaborn-base",
    "typst": "typst-py",
}
# What environment.yml needs besides: pip and hatchling install the package itself ("-e ."), and
# cryptography is what pypdf[crypto] asks for.
BESIDES = {"pip", "hatchling", "cryptography", "-e ."}


def differences(root: Path) -> set[str]:
    """Requirements of pyproject.toml that environment.yml lacks, and the other way round."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.sub(r"\[.*?\]", "", name) for name in project["dependencies"]}
    listed = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    conda = {entry for entry in listed if isinstance(entry, str)}
    by_pip = {name for entry in listed if isinstance(entry, dict) for name in entry["pip"]}

    def conda_name(requirement: str) -> str:
        name, limit = re.fullmatch(r"([\w-]+)(.*)", requirement).groups()
        return CONDA_NAME.get(name, name) + limit

    in_conda = {conda_name(requirement) for requirement in wanted - by_pip}
    in_conda |= {f"python{project['requires-python']}"} | BESIDES
    return (in_conda | (wanted & by_pip)) ^ (conda | by_pip)


def test_the_conda_environment_asks_for_what_the_package_asks_for():
    assert differences(project_root()) == set()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("  - pebble\n", "", {"pebble"}),
        ("  - rich\n", "  - rich\n  - polars\n", {"polars"}),
        ("  - typst-py>=0.15\n", "  - typst-py\n", {"typst-py>=0.15", "typst-py"}),
        ("  - python>=3.11\n", "  - python>=3.10\n", {"python>=3.11", "python>=3.10"}),
        ("  - cryptography\n", "", {"cryptography"}),
    ],
)
def test_a_missing_or_spare_library_or_a_lost_minimum_version_is_found(tmp_path, old, new, found):
    for name in ("pyproject.toml", "environment.yml"):
        text = (project_root() / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text)
    environment = tmp_path / "environment.yml"
    environment.write_text(environment.read_text().replace(old, new))
    assert differences(tmp_path) == found


def older_than_asked(root: Path) -> list[str]:
    """Minimum versions of environment.yml that a lock does not reach."""
    listed = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    names = {conda: name for name, conda in CONDA_NAME.items()}
    asked = [re.split(">=", entry) for entry in listed if isinstance(entry, str) and ">=" in entry]
    wrong = []
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (root / lock).read_text(encoding="utf-8")
        locked = re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE)
        for name, least in asked:
            # A lock may hold a version for each Python; the oldest counts.
            held = [Version(v) for known, v in locked if known == names.get(name, name)]
            if name != "python" and (not held or min(held) < Version(least)):
                wrong.append(f"{lock}: {name}, asked {least}")
    return wrong


def test_the_locks_hold_no_older_versions_than_the_conda_environment_asks_for():
    assert older_than_asked(project_root()) == []


def test_a_lock_with_an_older_version_is_found(tmp_path):
    for name in ("environment.yml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(project_root() / name, tmp_path)
    environment = tmp_path / "environment.yml"
    text = environment.read_text(encoding="utf-8").replace("pandas>=3", "pandas>=99")
    environment.write_text(text, encoding="utf-8")
    assert [line.split(":")[0] for line in older_than_asked(tmp_path)] == [
        "requirements.lock",
        "requirements-dev.lock",
    ]
