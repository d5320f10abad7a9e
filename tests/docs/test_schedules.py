"""The recipes of docs/schedules.md: each is read by what will read it, and run with stand-ins."""

import ast
import configparser
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from revkit.cli import app
from revkit.report.notebooks import home
from revkit.report.parameters import parameters_of
from revkit.report.run import read

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs" / "schedules.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)


def checked(command: str) -> None:
    """Read a command of revkit as the command line does."""
    words = shlex.split(command)
    get_command(app).commands[words[1]].make_context(words[1], words[2:])


def run(script: str, folder: Path, code: int) -> int:
    """Run a script; stand-ins for revkit, dbt and the script of the report leave with a code."""
    for name in (".venv/bin/revkit", "dbt", "sh"):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"#!/bin/bash\nexit {0 if name == 'dbt' else code}\n")
        place.chmod(0o755)
    return subprocess.run(
        ["/bin/bash", "-ec", script], cwd=folder, check=False, capture_output=True,
        env={"PATH": f"{folder}:/usr/bin:/bin"},
    ).returncode  # fmt: skip


def test_every_command_of_revkit_can_be_read():
    shown = "\n".join(blocks("sh") + blocks("yaml")).replace("\\\n", "")
    commands = re.findall(r"(?:\.venv/bin/)?revkit (?:report|check) [^|\n]*", shown)

    assert len(commands) >= 4
    for command in commands:
        checked(command)


def test_cron_runs_the_script_on_workdays():
    line = blocks("cron")[0].splitlines()[-1].split(maxsplit=5)

    assert line[:5] == ["0", "6", "*", "*", "1-5"]
    assert line[5] == "sh /srv/crm/report.sh > /dev/null"


def test_units_of_systemd_are_read():
    service, timer = configparser.ConfigParser(), configparser.ConfigParser()
    service.read_string(blocks("ini")[0])
    timer.read_string(blocks("ini")[1])

    assert service["Service"]["SuccessExitStatus"] == "3"
    assert service["Service"]["ExecStart"].endswith("/srv/crm/report.sh")
    assert timer["Timer"]["OnCalendar"] == "Mon..Fri 06:00"


@pytest.mark.parametrize(("code", "leaves"), [(0, 0), (3, 0), (1, 1), (2, 1)])
def test_actions_pass_what_is_new_and_fail_what_failed(tmp_path, code, leaves):
    steps = yaml.safe_load(blocks("yaml")[0])["jobs"]["report"]["steps"]
    (script,) = [step["run"] for step in steps if "revkit report" in step.get("run", "")]

    assert run(script, tmp_path, code) == leaves


@pytest.mark.parametrize(("code", "leaves"), [(0, 0), (3, 0), (1, 1)])
def test_airflow_s_task_is_done_with_an_alert_and_failed_with_a_failure(tmp_path, code, leaves):
    tree = ast.parse(blocks("python")[0])
    given = {
        word.arg: ast.literal_eval(word.value)
        for call in ast.walk(tree) if isinstance(call, ast.Call)
        for word in call.keywords if word.arg in ("bash_command", "parameters", "input_nb")
    }  # fmt: skip

    known = parameters_of(read(home() / Path(given["input_nb"]).name), "01_funnel")
    assert given["parameters"].keys() <= known.keys()
    assert run(given["bash_command"], tmp_path, code) == leaves


def test_papermill_is_given_parameters_that_there_are():
    (line,) = [line for line in PAGE.splitlines() if line.startswith("papermill ")]
    words = shlex.split(line)
    given = [words[at + 1] for at, word in enumerate(words) if word == "-p"]

    assert set(given) <= parameters_of(read(home() / Path(words[1]).name), "01_funnel").keys()


@pytest.mark.parametrize("code", [0, 1, 2])
def test_dbt_s_script_fails_where_something_failed(tmp_path, code):
    assert (run(blocks("sh")[0], tmp_path, code) == 0) == (code == 0)


def test_the_image_sets_up_from_the_lock_and_runs_a_command():
    lines = (HOME / "Dockerfile").read_text(encoding="utf-8").splitlines()
    (entry,) = [ast.literal_eval(line[11:]) for line in lines if line.startswith("ENTRYPOINT ")]
    (words,) = [ast.literal_eval(line[4:]) for line in lines if line.startswith("CMD ")]

    assert "RUN make setup" in lines
    assert lines.index("RUN make .venv/.locked") < lines.index("COPY --chown=1000 . .")
    assert entry == ["/opt/revkit/.venv/bin/revkit"]
    checked(shlex.join(["revkit", *words]))


def test_the_image_is_one_version_without_caches_that_does_not_run_as_root():
    text = (HOME / "Dockerfile").read_text(encoding="utf-8")
    (base,) = re.findall(r"^FROM (.+)$", text, re.MULTILINE)
    users = re.findall(r"^USER (.+)$", text, re.MULTILINE)

    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", base)
    assert users == ["1000"]
    assert "PIP_NO_CACHE_DIR=1" in text
    assert "UV_NO_CACHE=1" in text
    assert "rm -rf /var/lib/apt/lists/*" in text
    assert "fonts-" in text, "Chromium brings none, and a PDF without fonts is empty boxes"
