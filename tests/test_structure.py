"""The code keeps its shape: small folders and modules, plain `__init__`, errors in one place."""

import ast
import re
from pathlib import Path

import pytest

import revkit as rk
from revkit.errors import RevkitError

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "revkit"
MODULES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = sorted(
    {path.parent for top in ("revkit", "tests") for path in (ROOT / top).rglob("*.py")}
)

MOST_FILES, MOST_LINES = 15, 400

CLAUSE = re.compile(r"(What|Whether|How|Why|Where|Who|Those|Each|The rows)\b")
CLASSES = {name for name in dir(rk.errors) if isinstance(getattr(rk.errors, name), type)} & {
    one.__name__ for one in [RevkitError, *RevkitError.__subclasses__()]
}


def name(path):
    return path.relative_to(ROOT).as_posix()


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_folder_holds_few_enough_files_to_be_one_idea(folder):
    full = "this folder is full: group some of its files in a folder of their own"

    assert len([path for path in folder.iterdir() if path.is_file()]) <= MOST_FILES, full


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_short_enough_to_be_read_at_once(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= MOST_LINES, "this module is long: look for the second idea in it"


@pytest.mark.parametrize("path", [p for p in MODULES if p.name == "__init__.py"], ids=name)
def test_an_init_only_re_exports(path):
    """The package's own imports on demand, so that `import revkit` takes no time."""
    lazy = {"_EXPORTS", "_MODULES", "__getattr__", "__dir__"} if path.parent == PACKAGE else set()
    for node in tree(path).body:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
                pass
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case ast.Assign(targets=[ast.Name(id=given)]) | ast.FunctionDef(name=given):
                assert given in lazy | {"__all__", "__version__"}, ast.unparse(node)
            case _:
                pytest.fail(ast.unparse(node))


def built(path):
    """The lines where an error of revkit's is built by its class, not by a name that says why."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called in CLASSES:
                yield node.lineno


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_errors_are_built_in_revkit_errors(path):
    """Elsewhere they are named: ``raise PeriodError.backwards(start, end)``."""
    if PACKAGE / "errors" not in path.parents:
        assert list(built(path)) == []


def documented(node, inside=""):
    """Public functions and classes with the first line of their docstrings."""
    for child in getattr(node, "body", []):
        if isinstance(child, ast.FunctionDef | ast.ClassDef) and not child.name.startswith("_"):
            if text := ast.get_docstring(child):
                yield f"{inside}{child.name}", text.splitlines()[0]
            if isinstance(child, ast.ClassDef):
                yield from documented(child, f"{inside}{child.name}.")


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_docstring_begins_with_what_it_does_and_not_with_a_clause(path):
    assert [(who, line) for who, line in documented(tree(path)) if CLAUSE.match(line)] == []
