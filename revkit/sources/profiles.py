"""Profiles: names for database addresses, so that notebooks hold no passwords.

A name is looked for in the environment first (``warehouse`` is ``REVKIT_WAREHOUSE``), then in
``~/.config/revkit/profiles.yaml``, or the file that ``REVKIT_PROFILES`` names::

    warehouse: postgresql://ann:s3cret@db.example:5432/crm?schema=sales
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import yaml

from revkit.errors import EngineError, SourceError, did_you_mean
from revkit.sources.address import Address
from revkit.sources.files import expanded
from revkit.yaml_files import load_yaml

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
_FILE = "REVKIT_PROFILES"


def is_name(source: str) -> bool:
    """Return whether a text could be the name of a profile rather than a path or an address.

    >>> is_name("warehouse"), is_name("exports/crm"), is_name("crm.duckdb")
    (True, False, False)
    """
    return _NAME.fullmatch(source) is not None


def database_address(source: str) -> Address | None:
    """Return the address that a URL or a profile's name stands for; None for a path.

    An existing file or folder takes precedence over a profile of the same name.
    """
    if "://" in source:
        return Address(source)
    return profile(source) if is_name(source) and not Path(source).exists() else None


def profile(name: str) -> Address:
    """Return the address of a database that a profile holds; as :func:`secret_address` raises."""
    return Address(secret_address(name), name)


def secret_address(name: str) -> str:
    """Return the address that a name stands for, of a database or of who gets alerts.

    Raises
    ------
    SourceError
        When there is neither a folder nor a profile of that name.
    EngineError
        When the profile is not an address, or the file of profiles cannot be read.
    """
    variable = "REVKIT_" + name.upper().replace("-", "_")
    where = f"the environment ({variable})"
    found: object = os.environ.get(variable) if variable != _FILE else None
    listed = _listed() if found is None else {}
    if found is None and name in listed:
        found, where = listed[name], str(_file())
    if found is None:
        near = did_you_mean(name, [*listed, *(path.name for path in Path().iterdir())])
        raise SourceError.no_profile(name, variable=variable, file=str(_file()), near=near)
    if not isinstance(found, str) or "://" not in found:
        raise EngineError.no_address(name, where=where)
    return found.strip()


def _file() -> Path:
    """Return the path of the file of profiles."""
    if given := os.environ.get(_FILE):
        return expanded(given)
    settings = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return expanded(settings) / "revkit" / "profiles.yaml"


def _listed() -> dict[str, object]:
    """Return the profiles in the file; empty where there is no file."""
    file = _file()
    if not file.is_file():
        return {}
    content, problem = _read(file)
    if problem:
        raise EngineError.no_profiles(str(file), problem=problem)
    return content


def _read(file: Path) -> tuple[dict[str, object], str]:
    """Return the content of the file, or the problem with it, without quoting possible secrets."""
    try:
        content = load_yaml(file)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        return {}, f"line {line} is not YAML"
    except yaml.YAMLError as error:
        return {}, f"it cannot be read ({type(error).__name__})"
    if content is None:
        return {}, ""
    if not isinstance(content, dict):
        return {}, "it holds something else"
    return {str(name): address for name, address in content.items()}, ""
