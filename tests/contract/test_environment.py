import re
import tomllib
from pathlib import Path

import pytest
import yaml

from analysis.paths import project_root

# pyproject's name -> conda-forge's, where they differ
CONDA_NAME = {
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
    "seaborn": "seaborn-base",
    "typst": "typst-py",
}
# What stands in environment.yml for another reason than being a dependency of the package.
ENVIRONMENT_ONLY = {"python", "pip", "hatchling", "cryptography", "-e ."}


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
    given = {name for name in conda | by_pip if re.split("[>=]", name)[0] not in ENVIRONMENT_ONLY}
    return (in_conda | (wanted & by_pip)) ^ given


def test_the_conda_environment_asks_for_what_the_package_asks_for():
    assert differences(project_root()) == set()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("  - pebble\n", "", {"pebble"}),
        ("  - rich\n", "  - rich\n  - polars\n", {"polars"}),
        ("  - typst-py>=0.15\n", "  - typst-py\n", {"typst-py>=0.15", "typst-py"}),
    ],
)
def test_a_missing_or_spare_library_or_a_lost_minimum_version_is_found(tmp_path, old, new, found):
    for name in ("pyproject.toml", "environment.yml"):
        text = (project_root() / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text)
    environment = tmp_path / "environment.yml"
    environment.write_text(environment.read_text().replace(old, new))
    assert differences(tmp_path) == found
