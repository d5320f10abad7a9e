"""One company on three engines, each asked once and read by many tests.

Processes share the tests: those that read the same answers stay together. The ``xdist_group`` of
pytest-xdist 3.8 has no effect with pytest 9.2.
"""

import csv
import importlib.util
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest

import revkit as rk
from tests.engines import company as small
from tests.engines import servers
from tests.engines.asked import CASES, ENGINES, Answers, Traffic

TABLE = Path(__file__).parents[2] / "build" / "engines.csv"


FOUND = pytest.StashKey()


def pytest_configure(config):
    config.stash[FOUND] = {}
    # pyspark 4 on pandas 3, and what it leaves to the garbage collector
    config.addinivalue_line("filterwarnings", "ignore:PySpark does not yet fully support pandas")
    config.addinivalue_line("filterwarnings", "ignore:The copy keyword is deprecated")
    config.addinivalue_line("filterwarnings", "ignore::ResourceWarning")
    config.addinivalue_line("filterwarnings", "ignore::pytest.PytestUnraisableExceptionWarning")


def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return _asked_together(nodeid)

    return Together(config, log)


def _asked_together(nodeid):
    """Name what a test asks: PostgreSQL, or one case or file of Spark, which takes longer.

    >>> _asked_together("tests/engines/test_metrics.py::test_a_metric_is_the_same[spark-team-mrr]")
    'spark team'
    """
    if "spark" not in nodeid:
        return "postgresql"
    of = next(
        (case for case in CASES if f"[spark-{case}" in nodeid), Path(nodeid.split("::")[0]).stem
    )
    return f"spark {of}"


@pytest.fixture(scope="session")
def company():
    """Tables by name, and the day as of which they are known."""
    tables, as_of = small.tables()
    return small.abroad(tables), as_of


@pytest.fixture(scope="session")
def duckdb_file(company, tmp_path_factory):
    file = tmp_path_factory.mktemp("duckdb") / "company.duckdb"
    with duckdb.connect(str(file)) as connection:
        for name, table in company[0].items():
            connection.register("given", table)
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
            connection.unregister("given")
    return file


@pytest.fixture(scope="session")
def port(company):
    """The port of a PostgreSQL that holds the company in the schema ``sales``."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed: make test-engines installs it")
    if servers.binaries() is None:
        pytest.skip("no PostgreSQL here: apt install postgresql")
    with servers.postgres() as port:
        servers.fill(port, company[0], "sales")
        yield port
        servers.close_all()


@pytest.fixture(scope="session")
def spark(company, tmp_path_factory):
    """A Spark session whose temporary views are the company."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: make test-engines installs it")
    if not servers.java():
        pytest.skip("no Java 17 or later here: apt install openjdk-17-jre-headless")
    with servers.spark(tmp_path_factory.mktemp("spark")) as session:
        servers.spread(session, company[0], tmp_path_factory.mktemp("views"))
        yield session


@pytest.fixture(scope="session")
def address(port):
    return f"postgresql://{servers.USER}@127.0.0.1:{port}/postgres?schema=sales"


@pytest.fixture(scope="session")
def data(request, company):
    """Give the company on an engine, opened once."""
    opened = {}

    def on(engine):
        if engine not in opened:
            if engine == "postgresql":
                port = request.getfixturevalue("port")
                source = servers.address(port)
            elif engine == "spark":
                source = request.getfixturevalue("spark")
            else:
                source = f"duckdb://{request.getfixturevalue('duckdb_file')}"
            opened[engine] = rk.load(source, as_of=company[1], currency="EUR")
        return opened[engine]

    return on


@pytest.fixture(scope="session")
def traffic():
    """Every row that any engine hands over."""
    with ExitStack() as stack:
        seen = Traffic()
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        seen.watch(patch)
        yield seen


@pytest.fixture(scope="session")
def answers(data, traffic):
    """Give all metrics on an engine, in one of the cases, asked together."""
    asked = {}

    def on(engine, case):
        if (engine, case) not in asked:
            asked[engine, case] = Answers(data(engine), CASES[case], traffic, (engine, case))
        return asked[engine, case]

    return on


@pytest.fixture(scope="session")
def differences(pytestconfig):
    """The largest difference of each metric on each engine, written down at the end."""
    return pytestconfig.stash[FOUND]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Take over what a process found; where both asked a metric of an engine, the larger."""
    for key, told in getattr(node, "workeroutput", {}).get("differences", {}).items():
        worst = node.config.stash[FOUND].setdefault(key, {"value": 0, "interval": 0, "cases": []})
        for kind in ("value", "interval"):
            worst[kind] = max(worst[kind], told[kind])
        worst["cases"] += told["cases"]


def pytest_sessionfinish(session):
    found = session.config.stash[FOUND]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["differences"] = found
        return
    if not found:
        return
    ends = [(engine, kind) for engine in ENGINES for kind in ("value", "interval")]
    rows = []
    for metric in sorted({metric for metric, _ in found}):
        of = {engine: found.get((metric, engine)) for engine in ENGINES}
        worst = [f"{of[engine][kind]:.1e}" if of[engine] else "" for engine, kind in ends]
        asked = {case for told in of.values() if told for case in told["cases"]}
        cases = [case for case in CASES if case in asked]
        rows.append([metric, *worst, " ".join(cases)])
    heads = ["metric", *(f"{engine} {kind}" for engine, kind in ends), "cases"]
    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heads, *rows])


def pytest_terminal_summary(terminalreporter, config):
    found = config.stash[FOUND]
    for engine in ENGINES:
        of = [worst for (_, on), worst in found.items() if on == engine]
        if of:
            terminalreporter.write_line(
                f"{engine}: {len(of)} metrics equal to DuckDB's; largest difference "
                f"{max(w['value'] for w in of):.1e} in values, "
                f"{max(w['interval'] for w in of):.1e} in intervals (build/engines.csv)"
            )
