"""YAML files of the user, read strictly: no aliases, no key twice, bounded in size and depth.

A file of a few lines can otherwise stand for billions of values (aliases of aliases), and of a key
that is written twice YAML silently keeps the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

import yaml

MOST_BYTES, MOST_LEVELS = 1_000_000, 20

_ODD_NUMBER = re.compile(r"[-+]?(0\d|0b|0x|[\d_]+:)")


def load_yaml(path: Path) -> Any:
    """Return the content of a YAML file; ``~`` is home.

    Raises
    ------
    yaml.YAMLError
        When it cannot be read or is not such YAML, with the problem in one sentence.
    """
    try:
        with path.expanduser().open("rb") as file:
            text = file.read(MOST_BYTES + 1)
    except (OSError, RuntimeError) as error:
        raise yaml.YAMLError(getattr(error, "strerror", None) or str(error)) from None
    if len(text) > MOST_BYTES:
        raise yaml.YAMLError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    try:
        return parse_yaml(text.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise yaml.YAMLError(f"it is not text in UTF-8 ({error})") from None


def parse_yaml(text: str) -> Any:
    r"""Return the content of YAML text.

    Raises
    ------
    yaml.YAMLError
        When it is not YAML, holds an alias or a key twice, or nests too deeply.

    Examples
    --------
    >>> parse_yaml("a: [1, 2]")
    {'a': [1, 2]}
    >>> parse_yaml("a: 1\na: 2")
    Traceback (most recent call last):
    yaml.constructor.ConstructorError: the key 'a' is there twice
      in "<unicode string>", line 2, column 1:
        a: 2
        ^
    """
    return _parsed(text, _StrictLoader)


def parse_texts(text: str) -> Any:
    """Return the content of YAML text as :func:`parse_yaml` does, every scalar as it is written.

    >>> parse_texts("[007, yes]")
    ['007', 'yes']
    """
    return _parsed(text, _TextLoader)


def _parsed(text: str, loader: type[_StrictLoader]) -> Any:
    """Return the content of YAML text, unless it is too large."""
    if len(text) > MOST_BYTES:
        raise yaml.YAMLError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    return yaml.load(text, Loader=loader)  # noqa: S506 (builds plain values alone)


def yaml_problem(error: yaml.YAMLError) -> str:
    """Return the message of an error as one sentence, with its line."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem} (line {error.problem_mark.line + 1})"
    return " ".join(str(error).split())


class _StrictLoader(yaml.SafeLoader):
    """Loader of plain values that refuses what a reader of the file would not see."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._level = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose a node, unless it is an alias or lies too deep."""
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            problem = "it refers to another part of the file by an alias (*); write it out"
            raise yaml.composer.ComposerError(None, None, problem, mark)
        if self._level >= MOST_LEVELS:
            problem = f"it nests more than {MOST_LEVELS} levels deep"
            raise yaml.composer.ComposerError(None, None, problem, mark)
        self._level += 1
        node = super().compose_node(parent, index)
        self._level -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        """Build a mapping, unless one of its keys is there twice."""
        seen = set()
        for key in [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]:
            if (key.tag, key.value) in seen:
                problem = f"the key {key.value!r} is there twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add((key.tag, key.value))
        return super().construct_mapping(node, deep)

    def construct_yaml_int(self, node: Any) -> Any:
        """Build a whole number, unless YAML reads another one than is written: 010 as 8."""
        return self._as_written(node, super().construct_yaml_int)

    def construct_yaml_float(self, node: Any) -> Any:
        """Build a number, unless YAML reads another one than is written: 1:30.5 as 90.5."""
        return self._as_written(node, super().construct_yaml_float)

    def _as_written(self, node: Any, construct: Callable[[Any], Any]) -> Any:
        """Return a number, unless it is written in eighths or sixtieths."""
        value = construct(node)
        if _ODD_NUMBER.match(node.value):
            problem = f"{node.value} is read by YAML as {value}: put it in quotes"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return value

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Build a value; a day such as 2025-02-30, which is none, is a problem of the file."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:
            raise yaml.constructor.ConstructorError(
                None, None, str(error), node.start_mark
            ) from None


# the constructors that YAML registers are those of its own class
for _kind in ("int", "float"):
    _StrictLoader.add_constructor(
        f"tag:yaml.org,2002:{_kind}", getattr(_StrictLoader, f"construct_yaml_{_kind}")
    )


class _TextLoader(_StrictLoader):
    """Strict loader that takes no scalar for a number, a date, or true or false."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.yaml_implicit_resolvers = {}
