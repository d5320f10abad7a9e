"""A database is read where it stands: nothing is made, set or shown that should not be."""

import traceback

import pytest

import revkit as rk
from revkit.errors import DataError, EngineError, MappingError, SourceError
from tests.engines import servers

RELATIONS = "select relnamespace, relname, relkind from pg_class"


@pytest.fixture
def owner(port):
    """A connection of the database's owner, beside the kit's."""
    import psycopg

    where = {"host": "127.0.0.1", "port": port, "dbname": "postgres"}
    with psycopg.connect(
        **where, user=servers.USER, password=servers.PASSWORD, autocommit=True
    ) as connection:
        yield connection


def test_postgresql_is_read_and_never_written(data, owner):
    import psycopg

    before = set(owner.execute(RELATIONS).fetchall())
    ours = data("postgresql")
    _ = repr(ours), ours.where(kind="new").opportunities.count().to_pyarrow()
    rk.metrics.nrr(ours, by=["segment", "tenure"], trailing=3)
    rk.metrics.median_sales_cycle(ours.replay("2024-03-31"))
    rk.forecast_pipeline(ours)
    rk.funnel(ours)

    assert set(owner.execute(RELATIONS).fetchall()) == before
    session = ours.backend.con
    assert session.execute("select pg_my_temp_schema()").fetchone() == (0,)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        session.execute("create table sales.ours (a int)")


def test_a_spark_session_stays_as_it_was(data, spark):
    def state():
        views = [tuple(row) for row in spark.sql("show tables").collect()]
        return dict(spark.conf.getAll), views, spark.catalog.currentDatabase()

    before = state()
    ours = data("spark")
    _ = ours.where(kind="new").opportunities.count().to_pyarrow()
    rk.metrics.nrr(ours, by="segment", period="year")

    assert state() == before
    assert before[0]["spark.sql.session.timeZone"] == "Europe/Rome"


def test_loading_reads_no_row(port, traffic):
    traffic.asking = "loading"
    opened = rk.load(servers.address(port))
    traffic.asking = None

    assert "loading" not in traffic.rows
    assert "leads" in opened.tables


def test_a_spark_address_is_the_session_that_runs(spark, company):
    ours = rk.load("spark://local[2]", as_of=company[1], currency="EUR")

    assert "leads" in ours.tables
    with pytest.raises(EngineError, match=r"runs Spark on local\[2\] already"):
        rk.load("spark://elsewhere.invalid:7077")
    with pytest.raises(EngineError, match=r"has no schema 'sale'; it has: default"):
        rk.load("spark://local[2]?schema=sale")


@pytest.mark.parametrize("engine", ["postgresql", "spark"])
def test_an_address_of_a_person_is_hashed_alike(engine, data):
    def hashes(on):
        found = data(on).leads.select("lead_id", "email").to_pyarrow().to_pylist()
        return {row["lead_id"]: row["email"] for row in found}

    assert hashes(engine) == hashes("duckdb")
    assert all(len(mail) == 64 for mail in hashes(engine).values() if mail is not None)


@pytest.mark.parametrize("engine", ["postgresql", "spark"])
def test_a_company_shows_itself_alike(engine, data):
    def shown(on):
        return [line for line in repr(data(on)).splitlines() if line.startswith("  ")]

    assert shown(engine) == shown("duckdb")


def test_a_profile_is_all_that_is_shown(port, monkeypatch, company):
    monkeypatch.setenv("REVKIT_WAREHOUSE", servers.address(port))

    ours = rk.load("warehouse", as_of=company[1], currency="EUR")

    for shown in (repr(ours), ours._repr_html_()):
        assert "from warehouse, " in shown
        assert servers.USER not in shown
        assert servers.PASSWORD not in shown


def test_an_address_is_shown_without_its_password(port):
    ours = rk.load(servers.address(port), currency="EUR")

    assert f"from postgresql://{servers.USER}@127.0.0.1:{port}/postgres, " in repr(ours)
    assert not {"s3cret", "p@ss"} & set(repr(ours).replace(":", " ").split())


@pytest.mark.parametrize("wrong", ["password", "port", "database", "schema", "option"])
def test_no_password_stands_in_what_a_refusal_says(wrong, port, monkeypatch):
    secret = "wr0ng/s3cret" if wrong == "password" else servers.PASSWORD
    address = servers.address(port, secret)
    changed = {
        "password": address,
        "port": address.replace(str(port), "1"),
        "database": address.replace("/postgres?", "/nowhere?"),
        "schema": address.replace("schema=sales", "schema=sale"),
        "option": f"{address}&nonsense=1",
    }[wrong]
    monkeypatch.setenv("REVKIT_WAREHOUSE", changed)

    with pytest.raises(EngineError) as refusal:
        rk.load("warehouse")

    told = traceback.TracebackException.from_exception(refusal.value, capture_locals=True)
    frames = [frame for frame in told.stack if frame.filename != __file__]
    assert len(frames) >= 2
    assert told.__cause__ is told.__context__ is None
    for text in (str(refusal.value), *(str(frame.locals) for frame in frames)):
        assert secret not in text
        assert secret.replace("/", "%2F") not in text
    assert "warehouse" in str(refusal.value)


def test_a_database_that_stops_is_named_without_its_password(port, owner):
    ours = rk.load(servers.address(port), currency="EUR")
    session = ours.backend.con.execute("select pg_backend_pid()").fetchone()[0]
    owner.execute("select pg_terminate_backend(%s)", (session,))

    with pytest.raises(EngineError, match="a query failed while it ran") as refusal:
        ours.leads.count().to_pyarrow()

    assert servers.PASSWORD not in str(refusal.value)
    assert refusal.value.__context__ is None


def test_a_schema_that_is_not_there_is_named_with_those_that_are(port):
    with pytest.raises(EngineError, match=r"no schema 'sale'.*Did you mean 'sales'\?"):
        rk.load(servers.address(port, schema="sale"))


def test_a_schema_without_our_tables_is_refused(port):
    with pytest.raises(SourceError, match="holds no table that revkit knows"):
        rk.load(servers.address(port, schema="public"))


MAPPING = """\
currency: EUR
tables:
  accounts:
    source: accounts_stored
    columns:
      segment: {from: segment, words: {SMB: small, Mid-Market: middle}, others: keep}
      channel: {constant: web}
"""


def test_a_mapping_renames_and_translates_there_too(port, tmp_path):
    (tmp_path / "ours.yaml").write_text(MAPPING)

    ours = rk.load(servers.address(port), mapping=tmp_path / "ours.yaml")

    words = ours.accounts.aggregate(n=ours.accounts.count(), by=["segment", "channel"])
    found = {(row["segment"], row["channel"]) for row in words.to_pyarrow().to_pylist()}
    assert {("small", "web"), ("middle", "web"), (None, "web")} <= found


def test_dates_that_only_files_can_hold_are_refused_with_what_to_do(owner, port, tmp_path):
    owner.execute("CREATE SCHEMA texts")
    owner.execute("CREATE TABLE texts.accounts (account_id text, created_on text)")
    (tmp_path / "ours.yaml").write_text(
        'date_format: "%G-W%V-%u"\n'
        "tables: {accounts: {source: accounts, columns: {created_on: created_on}}}"
    )

    try:
        with pytest.raises(DataError, match="created_on"):
            rk.load(servers.address(port, schema="texts"))
        with pytest.raises(MappingError, match="in a view"):
            rk.load(servers.address(port, schema="texts"), mapping=tmp_path / "ours.yaml")
    finally:
        owner.execute("DROP SCHEMA texts CASCADE")
