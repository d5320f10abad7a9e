"""The promises of the packaging files: one set of bounds, one lock, no word missing."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(line) for line in PROJECT["dependency-groups"]["dev"]]
BROWSER = [Requirement(line) for line in PROJECT["dependency-groups"]["browser"]]
EXTRAS = [
    Requirement(line)
    for lines in PROJECT["project"]["optional-dependencies"].values()
    for line in lines
]

CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "matplotlib": "matplotlib-base",
    "ibis-framework": "ibis-duckdb",
}


def locked(file="requirements.txt"):
    """Name to version, as a lock pins them."""
    lines = (ROOT / file).read_text().splitlines()
    pins = [re.match(r"([A-Za-z0-9._-]+)==([^ ;\\]+)", line) for line in lines]
    return {canonicalize_name(pin[1]): pin[2] for pin in pins if pin}


def test_conda_environment_has_the_same_bounds():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    specs = [line for line in environment["dependencies"] if isinstance(line, str)]
    found = {spec.name: spec.specifier for spec in map(Requirement, specs)}

    needed = {CONDA_NAMES.get(spec.name, spec.name): spec.specifier for spec in RUNTIME}
    backend = [Requirement(line) for line in PROJECT["build-system"]["requires"]]
    needed |= {spec.name: spec.specifier for spec in backend}
    python = Requirement("python" + PROJECT["project"]["requires-python"])

    assert found == needed | {"python": python.specifier, "pip": Requirement("pip").specifier}
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    assert environment["dependencies"][-1] == {"pip": ["-e ."]}


@pytest.mark.parametrize("spec", RUNTIME + DEVELOPMENT, ids=lambda spec: spec.name)
def test_lock_satisfies_every_bound(spec):
    assert spec.specifier.contains(locked()[canonicalize_name(spec.name)])


@pytest.mark.parametrize(
    ("file", "specs"),
    [("requirements-engines.txt", EXTRAS), ("requirements-browser.txt", BROWSER)],
)
def test_the_locks_beside_it_satisfy_every_bound_and_repeat_nothing(file, specs):
    beside = locked(file)

    assert all(spec.specifier.contains(beside[canonicalize_name(spec.name)]) for spec in specs)
    assert not beside.keys() & locked().keys()


@pytest.mark.parametrize(
    "file", ["requirements.txt", "requirements-engines.txt", "requirements-browser.txt"]
)
def test_lock_has_hashes_and_no_address(file):
    text = (ROOT / file).read_text()
    pins = re.findall(r"^[A-Za-z0-9._-]+==.*(?:\n    .*)*", text, flags=re.MULTILINE)

    assert len(pins) == len(re.findall(r"^\S+==", text, flags=re.MULTILINE))
    assert all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


def test_every_upper_bound_says_why():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    bounded = [line for line in lines if re.match(r'\s+"[^"]+,<', line)]

    assert len(bounded) >= 5
    assert all(re.search(r'",\s+# \w', line) for line in bounded)


def test_every_direct_dependency_has_its_licence_listed():
    rows = re.findall(
        r"^\| ([a-z0-9-]+) \| (\S.*?) \| (\S.*?) \|$", (ROOT / "LICENSES.md").read_text(), re.M
    )
    listed = [name for name, _, _ in rows if name != "package"]

    assert listed == [spec.name for spec in RUNTIME + EXTRAS + DEVELOPMENT + BROWSER]


def test_continuous_integration_runs_make_test():
    script = ROOT / ".ci" / "run"

    assert script.stat().st_mode & 0o111
    assert "make test\n" in script.read_text()
    assert "make test-engines\n" in script.read_text()
    assert "make test-browser\n" in script.read_text()
