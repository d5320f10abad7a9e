"""Addresses and profiles: what is shown of a database never holds its password."""

import nbformat
import pytest

import revkit as rk
from revkit.errors import EngineError, SourceError
from revkit.report.publish import build
from revkit.report.request import Order, plan
from revkit.sources.address import Address
from revkit.sources.profiles import profile


@pytest.fixture(autouse=True)
def _no_profiles_of_whoever_runs_this(monkeypatch, tmp_path):
    monkeypatch.setenv("REVKIT_PROFILES", str(tmp_path / "profiles.yaml"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("url", "shown", "password"),
    [
        ("postgres://ann:pw1@db:5432/crm?schema=sales", "postgres://ann@db:5432/crm", "pw1"),
        ("postgresql://db/crm", "postgresql://db/crm", None),
        ("postgresql://ann:p%40ss%2Fword@db/crm", "postgresql://ann@db/crm", "p@ss/word"),
        ("postgresql://ann:p@ss/wo?rd@db/crm", "postgresql://ann@db/crm", "p@ss/wo?rd"),
        ("postgresql://ann@db/crm?password=pw1&sslmode=require", "postgresql://ann@db/crm", "pw1"),
    ],
)
def test_an_address_is_shown_without_its_password(url, shown, password):
    address = Address(url)

    assert (str(address), repr(address), address.password) == (shown, shown, password)
    assert address.plain("schema").startswith(shown)
    for secret in filter(None, [password, url.partition("ann:")[2].rpartition("@")[0]]):
        assert secret not in address.plain()
        assert secret not in address.without_secrets(f"auth with {secret} failed at {url}")


@pytest.mark.parametrize(
    "name",
    ["password", "sslpassword", "PASSWORD", "token", "access_token", "api-key", "client_secret",
     "sslkey", "oauth_client_secret", "authToken", "X-Amz-Signature", "pwd", "sig", "credential"],
)  # fmt: skip
def test_an_option_that_looks_secret_is_never_shown(name):
    address = Address(f"postgresql://ann@db/crm?schema=sales&{name}=s3%20cret%2F&sslmode=require")

    shown = [str(address), repr(address), address.title, address.plain("schema")]
    shown += [address.without_secrets(f"{address.url} {address.secrets[name]} failed")]
    assert not [text for text in shown if "s3" in text]
    assert address.plain("schema") == "postgresql://ann@db/crm?sslmode=require"
    with pytest.raises(EngineError) as refusal:
        rk.load(f"mysql://db/crm?{name}=s3cret")
    assert "s3cret" not in str(refusal.value)


def test_an_address_that_could_be_read_in_two_ways_is_refused_and_not_shown():
    for url in ("postgresql://db/crm?token=s3@cret", "postgresql://ann:s3?x=1@cret/crm"):
        with pytest.raises(EngineError, match="as %40") as refusal:
            rk.load(url)
        assert "s3" not in str(refusal.value)
        assert "cret" not in str(refusal.value)


def test_secrets_after_a_semicolon_are_not_shown_either():
    with pytest.raises(EngineError) as refusal:
        rk.load("sc://host:443/;token=s3cret")

    assert "s3cret" not in str(refusal.value)


def test_a_profile_comes_from_the_environment_before_the_file(monkeypatch, tmp_path):
    (tmp_path / "profiles.yaml").write_text("warehouse: duckdb:///a.duckdb\nold-crm: duckdb://b\n")

    assert profile("warehouse").url == "duckdb:///a.duckdb"
    assert profile("old-crm").url == "duckdb://b"
    monkeypatch.setenv("REVKIT_WAREHOUSE", "duckdb:///c.duckdb")
    monkeypatch.setenv("REVKIT_OLD_CRM", "duckdb:///d.duckdb")
    assert profile("warehouse").url == "duckdb:///c.duckdb"
    assert profile("old-crm").url == "duckdb:///d.duckdb"
    assert repr(profile("warehouse")) == "warehouse"


def test_profiles_are_looked_for_in_the_users_settings(monkeypatch, tmp_path):
    monkeypatch.delenv("REVKIT_PROFILES")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "revkit").mkdir()
    (tmp_path / "revkit" / "profiles.yaml").write_text("warehouse: duckdb:///a.duckdb")

    assert profile("warehouse").url == "duckdb:///a.duckdb"


def test_a_folder_of_the_name_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("REVKIT_WAREHOUSE", "postgresql://nobody:pw1@nowhere.invalid/x")
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "accounts.csv").write_text("account_id\n1\n")

    assert rk.load("warehouse").tables == ("accounts",)


def test_a_name_of_nothing_is_refused_with_the_line_to_write(tmp_path):
    (tmp_path / "profiles.yaml").write_text("warehouse: duckdb:///a.duckdb")

    with pytest.raises(SourceError, match="no profile of that name") as refusal:
        rk.load("warehose")

    assert "Did you mean 'warehouse'?" in str(refusal.value)
    assert "REVKIT_WAREHOSE=postgresql://" in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("warehouse: {url: pw1}", "not an address"),
        ("warehouse: db.example:pw1", "not an address"),
        ("warehouse: [pw1", "line 1 is not YAML"),
        ("- pw1", "it holds something else"),
    ],
)
def test_a_profile_that_is_wrong_is_refused_without_a_word_of_it(content, said, tmp_path):
    (tmp_path / "profiles.yaml").write_text(content)

    with pytest.raises(EngineError, match=said) as refusal:
        rk.load("warehouse")

    assert "pw1" not in str(refusal.value)


def test_a_kind_of_database_we_do_not_know_is_refused():
    with pytest.raises(EngineError, match=r"Did you mean 'postgres'.*rk\.Dataset") as refusal:
        rk.load("postgre://ann:pw1@db/crm")

    assert "pw1" not in str(refusal.value)


def test_a_duckdb_file_has_an_address_and_may_be_a_profile(monkeypatch, tmp_path):
    import duckdb

    with duckdb.connect(str(tmp_path / "crm.duckdb")) as connection:
        connection.execute("create table accounts as select 'a' as account_id")
        connection.execute("create view leads as select 'l' as lead_id, now() as created_at")
    monkeypatch.setenv("REVKIT_WAREHOUSE", f"duckdb://{tmp_path}/crm.duckdb")

    assert rk.load(f"duckdb://{tmp_path}/crm.duckdb").tables == ("accounts", "leads")
    assert repr(rk.load("warehouse")).startswith("A company of 2 tables from warehouse, ")
    with pytest.raises(SourceError, match=r"Did you mean 'crm\.duckdb'"):
        rk.load(f"duckdb://{tmp_path}/crn.duckdb")


PARAMETERS = """\
data: str = "../data/sample"  # the company
mapping: str | None = None  # how its tables are called
where: dict = {}  # only these rows
as_of: str | None = None  # the day
"""


def test_a_report_names_the_profile_alone(monkeypatch, tmp_path):
    import duckdb

    (tmp_path / "vault").mkdir()
    with duckdb.connect(str(tmp_path / "vault" / "crm.duckdb")) as connection:
        connection.execute(
            "create table opportunities as select 'o1' as opportunity_id, date '2026-01-02' as "
            "created_on, date '2026-02-03' as closed_on, true as is_won, 5.0 as amount"
        )
    monkeypatch.setenv("REVKIT_WAREHOUSE", f"duckdb://{tmp_path}/vault/crm.duckdb")
    cells = ["import revkit as rk", "company = rk.load(data, as_of=as_of)", "print(data)\ncompany"]
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
            *map(nbformat.v4.new_code_cell, cells),
        ]
    )
    nbformat.write(notebook, tmp_path / "90_here.ipynb")

    planned = plan(Order("warehouse", notebooks=[str(tmp_path / "90_here.ipynb")]))
    made = build(planned, tmp_path / "report", tell=lambda name, state: None)

    pages = "".join(file.read_text() for file in made.folder.glob("*.html"))
    assert not made.failures
    assert planned.title == "Revenue report: warehouse"
    assert planned.jobs[0].parameters["data"] == "warehouse"
    assert "A company of 1 table from warehouse, " in pages
    assert "vault" not in pages


def test_a_report_takes_no_password():
    with pytest.raises(EngineError, match="revkit report --data warehouse") as refusal:
        plan(Order("postgresql://ann:pw1@db.example/crm"))

    assert "pw1" not in str(refusal.value)
