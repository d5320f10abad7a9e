"""The messages of docs/mistakes.md are those that revkit prints."""

import re
from pathlib import Path

import pytest

import revkit as rk
from revkit.errors import RevkitError

PAGE = Path(__file__).parents[2] / "docs" / "mistakes.md"
SECTIONS = dict(
    re.findall(r"## (\d+\. [^\n]*)\n(.*?)(?=\n## |\Z)", PAGE.read_text("utf-8"), re.DOTALL)
)


def blocks(section, kind):
    """Return the fenced blocks of a kind, each with what stands behind its kind."""
    return re.findall(rf"```{kind} ?([^\n]*)\n(.*?)\n```", section, re.DOTALL)


def test_there_are_ten():
    assert len(SECTIONS) == 10


@pytest.mark.parametrize("title", SECTIONS)
def test_the_message_is_the_one_that_is_printed(title, tmp_path, monkeypatch):
    section = SECTIONS[title]
    (tmp_path / "export").mkdir()
    for name, text in blocks(section, "csv"):
        (tmp_path / "export" / name).write_text(f"{text}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ((_, call),), ((_, message),) = blocks(section, "python"), blocks(section, "text")
    with pytest.raises(RevkitError) as raised:
        eval(call, {"rk": rk})
    assert str(raised.value).rstrip() == message
