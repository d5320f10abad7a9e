"""The notebooks in JupyterLab, as their readers have them: all cells run, and widgets answer."""

import shutil
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.conftest import HOME, SAMPLE, changed, free_port, outside, pictured, serving

NOTEBOOKS = sorted(file.stem for file in (HOME / "notebooks").glob("*.ipynb"))
EXPLORE = "99_explore"

ALL_RUN = """async () => {
  const app = window.jupyterapp;
  await app.restored;
  const until = async met => {
    while (!met()) await new Promise(again => setTimeout(again, 200));
  };
  await until(() => app.shell.currentWidget?.sessionContext?.session?.kernel);
  const shown = app.shell.currentWidget;
  await shown.sessionContext.ready;
  await app.commands.execute('notebook:run-all-cells');
  await until(() => shown.sessionContext.session.kernel.status === 'idle');
  await app.commands.execute('docmanager:save');
}"""
"""What Run, Run All Cells and File, Save do; it is done when the notebook is on the disk."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a copy of the notebooks, and that copy."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(HOME / "notebooks", folder / "notebooks")
    (folder / "data").mkdir()
    (folder / "data" / "sample").symlink_to(SAMPLE)
    asked = folder / "settings" / "@jupyterlab" / "apputils-extension"
    asked.mkdir(parents=True)
    (asked / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
    nbformat.write(explorer(), folder / "notebooks" / f"{EXPLORE}.ipynb")
    port = free_port()
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--log-level=ERROR", f"--LabApp.user_settings_dir={folder / 'settings'}",
        f"--LabApp.workspaces_dir={folder / 'workspaces'}",
    ]  # fmt: skip
    with serving(command, port, cwd=folder):
        yield f"http://127.0.0.1:{port}/lab", folder / "notebooks"


def explorer():
    """A notebook with the drop-downs, which no page has."""
    cells = [
        "import revkit as rk\nrk.charts.use_theme()\ncompany = rk.load('../data/sample')",
        "rk.notebook.explore(company, period='quarter')",
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return new_notebook(cells=[new_code_cell(cell) for cell in cells], metadata=kernel)


def run(tab, lab, name):
    """Open a notebook in a workspace of its own, run it, and return it as it was saved."""
    address, folder = lab
    tab.goto(f"{address}/workspaces/{name}/tree/notebooks/{name}.ipynb?reset")
    tab.wait_for_function("() => window.jupyterapp")
    tab.evaluate(ALL_RUN)
    return nbformat.read(folder / f"{name}.ipynb", as_version=4)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_cell_runs_and_fails_nowhere(tab, lab, name):
    cells = [cell for cell in run(tab, lab, name).cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]

    assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
    assert not [one for one in outputs if one.output_type in ("error", "stream")]
    assert not outside(tab.asked)


def test_drop_downs_change_the_picture(tab, lab):
    run(tab, lab, EXPLORE)
    tab.locator(".widget-dropdown select").first.wait_for()
    metric, dimension, period = tab.locator(".widget-dropdown select").all()
    drawn = tab.locator(".jp-OutputArea-output img")
    seen = [drawn.last.get_attribute("src")]
    for chosen, label in (
        (period, "year"),
        (dimension, "segment"),
        (metric, "Monthly recurring revenue"),
    ):
        chosen.select_option(label=label)
        seen.append(changed(tab, drawn, seen[-1]))

    assert dimension.locator("option:checked").inner_text() == "segment"
    assert len({*seen}) == len(seen)
    assert "mrr(data" in tab.locator(".widget-textarea textarea").input_value()
    tab.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    pictured(tab, "notebook")


def test_sliders_change_the_picture_of_a_plan(tab, lab):
    run(tab, lab, "09_plan")
    levers = tab.locator(".widget-slider")
    levers.first.wait_for()
    area = tab.locator(".jp-OutputArea-output", has=levers).last
    drawn, said = area.locator("img"), area.locator("p").first
    before = drawn.last.get_attribute("src"), said.inner_text()
    levers.first.locator(".noUi-handle").press("ArrowRight")
    changed(tab, drawn, before[0])

    assert said.inner_text() != before[1]
    assert "1.05" in levers.first.inner_text()
