"""Small errors that may be put into a module: one changed operator, constant, argument or call."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
NOT_CODE = {"annotation", "returns", "type_params"}
# what a metric is called, and what a dataclass declares: no arithmetic
TITLES = {"title", "title_it", "owner", "better", "unit", "where", "needed", "found"}
DECLARED = {"frozen", "eq", "kw_only", "repr", "compare", "init"}

BOUNDARY = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
NEGATED = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt}
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd, ast.MatMult: ast.Mult,
}  # fmt: skip
RENAMED = {
    "sum": "mean", "mean": "sum", "min": "max", "max": "min", "any": "all", "all": "any",
    "isnull": "notnull", "notnull": "isnull", "isna": "notna", "notna": "isna", "isin": "notin",
    "notin": "isin", "least": "greatest", "greatest": "least", "fmin": "fmax", "fmax": "fmin",
    "minimum": "maximum", "maximum": "minimum", "first": "last", "last": "first",
    "floor": "ceil", "ceil": "floor", "sqrt": "abs", "exp": "expm1", "ppf": "cdf", "cdf": "sf",
    "sf": "cdf", "union": "intersection", "count": "nunique", "nunique": "count",
    "nansum": "nanmax", "nanmax": "nanmin", "cumsum": "cumprod", "left_join": "inner_join",
    "inner_join": "left_join", "lag": "lead", "lead": "lag", "std": "var", "logical_and":
    "logical_or", "logical_or": "logical_and", "startswith": "endswith",
}  # fmt: skip
REMOVED = {
    "where", "filter", "fillna", "fill_null", "clip", "abs", "dropna", "coalesce", "distinct",
    "drop_duplicates", "sort_values", "order_by", "sort_index", "reset_index", "astype", "round",
    "cast", "strip", "lower", "reversed", "sorted", "truncate", "nullif", "ffill", "of", "during",
}  # fmt: skip
MODULES = {"np", "pd", "ibis", "stats", "math", "special", "functools", "itertools"}


@dataclass(frozen=True)
class Mutant:
    """One error: where it is, of which kind, and the code before and after."""

    module: str
    index: int
    line: int
    last: int
    function: str
    first: int
    operator: str
    before: str
    after: str

    def __str__(self) -> str:
        where = f"{self.module}:{self.line} {self.function}"
        return f"{where} [{self.operator}] {self.before} → {self.after}"


@dataclass
class Site:
    """A node, where it hangs, and the function and statement around it."""

    node: ast.AST
    put: Callable[[ast.AST], None]
    function: tuple[str, int]
    statement: ast.stmt | None


def mutants(module: str, source: str) -> list[Mutant]:
    """List every error that may be put into a module."""
    found = []
    for index, (site, operator, changed) in enumerate(variants(ast.parse(source))):
        around = site.statement or site.node
        header = isinstance(around, (*FUNCTIONS, ast.ClassDef, ast.If, ast.For, ast.With, ast.Try))
        span = site.node if header else around
        line = getattr(site.node, "lineno", around.lineno)
        found.append(
            Mutant(
                module,
                index,
                line,
                getattr(span, "end_lineno", None) or line,
                *site.function,
                operator,
                short(site.node),
                short(changed),
            )
        )
    return found


def applied(source: str, index: int) -> ast.Module:
    """Parse a module and put one of its errors into the tree; lines stay where they are."""
    tree = ast.parse(source)
    for number, (site, _, changed) in enumerate(variants(tree)):
        if number == index:
            site.put(
                ast.copy_location(changed, site.node) if hasattr(site.node, "lineno") else changed
            )
            return ast.fix_missing_locations(tree)
    raise IndexError(index)


def short(node: ast.AST) -> str:
    """Write a node in one line of at most 90 characters."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 90 else text[:43] + " … " + text[-43:]


def variants(tree: ast.Module) -> Iterator[tuple[Site, str, ast.AST]]:
    """Walk a module in order: each site with each error it allows."""
    for site in list(walk(tree, ("", 0), None)):
        for operator, changed in errors(site.node):
            yield site, operator, changed


def walk(node: ast.AST, function: tuple[str, int], statement: ast.stmt | None) -> Iterator[Site]:
    """List the nodes of real code: no docstring, annotation, import, raise or overload."""
    for name, value in ast.iter_fields(node):
        if name in NOT_CODE:
            continue
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST) or left_out(node, name, child):
                continue
            inside = scope(node, name, child, function)
            here = child if isinstance(child, ast.stmt) else statement
            yield Site(child, setter(node, name, value, place), inside, here)
            yield from walk(child, inside, here)


def scope(node: ast.AST, name: str, child: ast.AST, function: tuple[str, int]) -> tuple[str, int]:
    """Name the outermost function whose body holds a child, and its first line."""
    if isinstance(node, FUNCTIONS) and name == "body" and not function[1]:
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        return f"{function[0]}{node.name}", first
    if isinstance(node, ast.ClassDef) and name == "body" and not function[1]:
        return f"{function[0]}{node.name}.", 0
    return function


def setter(node: ast.AST, name: str, value: object, place: int) -> Callable[[ast.AST], None]:
    """Return a function that puts another node in the place of one."""

    def put(changed: ast.AST) -> None:
        if isinstance(value, list):
            value[place] = changed
        else:
            setattr(node, name, changed)

    return put


def left_out(parent: ast.AST, field: str, node: ast.AST) -> bool:
    """Report whether a node is not to be broken: declarations, texts, refusals."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.expr_context)):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    if isinstance(node, FUNCTIONS):
        return any(ast.unparse(one) == "overload" for one in node.decorator_list)
    if isinstance(node, ast.keyword):
        return node.arg in TITLES | DECLARED
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )


def errors(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """List what a node may be wrongly written as."""
    for kind, function in KINDS.items():
        if isinstance(node, kind):
            yield from function(node)


def of_compare(node: ast.Compare) -> Iterator[tuple[str, ast.AST]]:
    for operator, table in (("comparison", BOUNDARY), ("negated comparison", NEGATED)):
        if (other := table.get(type(node.ops[0]))) is not None:
            yield operator, ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)


def of_arithmetic(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    if (other := ARITHMETIC.get(type(node.op))) is not None and not text(node.left):
        yield "arithmetic", ast.BinOp(node.left, other(), node.right)


def of_augmented(node: ast.AugAssign) -> Iterator[tuple[str, ast.AST]]:
    if (other := ARITHMETIC.get(type(node.op))) is not None and not text(node.value):
        yield "arithmetic", ast.AugAssign(node.target, other(), node.value)


def of_unary(node: ast.UnaryOp) -> Iterator[tuple[str, ast.AST]]:
    yield "unary", node.operand


def of_boolean(node: ast.BoolOp) -> Iterator[tuple[str, ast.AST]]:
    yield (
        "boolean",
        ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values),
    )


def of_constant(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.value, bool):
        yield "constant", ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield "constant", ast.Constant(node.value + 1)
    elif isinstance(node.value, float):
        yield "constant", ast.Constant(node.value * 1.5 if node.value else 1.0)


def of_return(node: ast.Return) -> Iterator[tuple[str, ast.AST]]:
    if node.value is not None and ast.unparse(node.value) != "None":
        yield "return", ast.Return(ast.Constant(None))


def of_if(node: ast.If) -> Iterator[tuple[str, ast.AST]]:
    yield "condition", ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)


def of_choice(node: ast.IfExp) -> Iterator[tuple[str, ast.AST]]:
    yield "condition", ast.IfExp(node.test, node.orelse, node.body)


def of_loop(node: ast.comprehension) -> Iterator[tuple[str, ast.AST]]:
    if node.ifs:
        yield (
            "filter removed",
            ast.comprehension(node.target, node.iter, node.ifs[1:], node.is_async),
        )


def of_call(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    receiver = called.value if isinstance(called, ast.Attribute) else None
    module = isinstance(receiver, ast.Name) and receiver.id in MODULES
    if name in REMOVED and receiver is not None and not module:
        yield f".{name} removed", receiver
    if name in REMOVED and receiver is None and len(node.args) == 1:
        yield f"{name} removed", node.args[0]
    if name in RENAMED:
        other = RENAMED[name]
        renamed = (
            ast.Attribute(receiver, other, ast.Load()) if receiver is not None
            else ast.Name(other, ast.Load())
        )  # fmt: skip
        yield "method", ast.Call(renamed, node.args, node.keywords)
    for place, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in TITLES | DECLARED:
            others = [*node.keywords[:place], *node.keywords[place + 1 :]]
            yield f"argument {keyword.arg} removed", ast.Call(called, node.args, others)


def of_attribute(node: ast.Attribute) -> Iterator[tuple[str, ast.AST]]:
    if node.attr in ("opening", "closing", "started", "ended"):
        yield f".{node.attr} removed", node.value


def text(node: ast.AST) -> bool:
    """Report whether an operand is a string, which only ``+`` joins."""
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


KINDS: dict[type, Callable[..., Iterator[tuple[str, ast.AST]]]] = {
    ast.Compare: of_compare,
    ast.BinOp: of_arithmetic,
    ast.AugAssign: of_augmented,
    ast.UnaryOp: of_unary,
    ast.BoolOp: of_boolean,
    ast.Constant: of_constant,
    ast.Return: of_return,
    ast.If: of_if,
    ast.IfExp: of_choice,
    ast.comprehension: of_loop,
    ast.Call: of_call,
    ast.Attribute: of_attribute,
}


def modules(root: Path, packages: tuple[str, ...]) -> list[str]:
    """List the modules of packages, as paths from the root."""
    return sorted(
        str(path.relative_to(root))
        for package in packages
        for path in (root / package).rglob("*.py")
    )
