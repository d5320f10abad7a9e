"""A PostgreSQL and a Spark for the tests: started here, on this machine alone, and stopped here."""

import gc
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

TYPES = {
    pa.string(): "text", pa.date32(): "date", pa.timestamp("us"): "timestamp",
    pa.float64(): "double precision", pa.int64(): "bigint", pa.bool_(): "boolean",
}  # fmt: skip
USER, PASSWORD = "ann", "s3cret/p@ss"


def binaries():
    """The folder of the newest PostgreSQL that is installed, or None."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda file: float(file.parts[-3]), default=shutil.which("initdb"))
    return Path(newest).parent if newest else None


def java():
    """Whether there is a Java that Spark runs on."""
    program = shutil.which("java")
    if program is None:
        return False
    told = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60)
    version = re.search(r'version "(\d+)', told.stderr)
    return version is not None and int(version[1]) >= 17


def address(port, password=PASSWORD, user=USER, schema="sales"):
    """The address of the server, as a user would write it."""
    return (
        f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{port}/postgres?schema={schema}"
    )


@contextmanager
def postgres():
    """Run a server on a free port of the loopback; give its port."""
    programs = binaries()
    with tempfile.TemporaryDirectory(prefix="revkit-pg-") as place:
        folder = Path(place) / "data"
        # initdb refuses root; elsewhere whoever runs the tests owns the server
        who = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        who = who if os.geteuid() == 0 else []
        if who:
            shutil.chown(place, "postgres", "postgres")
        secret = Path(place) / "secret"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)

        def run(program, *arguments):
            command = [*who, str(programs / program), *map(str, arguments)]
            subprocess.run(command, check=True, cwd=place, timeout=120, capture_output=True)

        run("initdb", "-D", folder, "-U", USER, f"--pwfile={secret}", "-A", "scram-sha-256",
            "-E", "UTF8", "--locale=C.UTF-8")  # fmt: skip
        port = _free_port()
        settings = {
            "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "''",
            "fsync": "off", "full_page_writes": "off", "statement_timeout": "120s",
            "shared_buffers": "64MB", "max_connections": "20", "jit": "off",
            "synchronous_commit": "off",
        }  # fmt: skip
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        run("pg_ctl", "-D", folder, "-l", folder / "log", "-o", options, "-w", "-t", "60", "start")
        try:
            yield port
        finally:
            run("pg_ctl", "-D", folder, "-m", "immediate", "-w", "stop")


def fill(port, tables, schema):
    """Put tables into a schema: money as numeric, moments with a time zone, one as a view."""
    import psycopg

    with psycopg.connect(
        host="127.0.0.1", port=port, user=USER, password=PASSWORD, dbname="postgres"
    ) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"')
        connection.execute(f'SET search_path TO "{schema}"')
        connection.execute("SET TIMEZONE TO 'UTC'")
        connection.execute("CREATE TYPE kind AS ENUM ('SMB', 'Mid-Market', 'Enterprise')")
        for name, table in tables.items():
            stored = "accounts_stored" if name == "accounts" else name
            columns = ", ".join(f'"{f.name}" {_type(name, f)}' for f in table.schema)
            connection.execute(f'CREATE TABLE "{stored}" ({columns})')
            with connection.cursor().copy(f'COPY "{stored}" FROM STDIN') as copy:
                for row in zip(*(table[c].to_pylist() for c in table.column_names), strict=True):
                    copy.write_row(row)
        connection.execute("CREATE VIEW accounts AS SELECT * FROM accounts_stored")
        connection.execute("ANALYZE")


def close_all():
    """Close every connection that a company of the tests still holds."""
    import psycopg

    for held in gc.get_objects():
        if isinstance(held, psycopg.Connection):
            held.close()


def _type(table, field):
    special = {
        ("accounts", "segment"): "kind",
        ("opportunities", "amount"): "numeric(14, 2)",
        ("invoices", "amount"): "numeric",
        ("leads", "created_at"): "timestamp with time zone",
        ("accounts", "employees"): "integer",
        ("opportunities", "kind"): "character varying(20)",
    }
    return special.get((table, field.name), TYPES[field.type])


@contextmanager
def spark(folder):
    """Run Spark in this process, on two threads, in a time zone that is not UTC."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        settings = {
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "2",
            "spark.driver.memory": "3g",
            # a thousand plans as text and graph, kept for a page nobody opens, fill the memory
            "spark.sql.ui.retainedExecutions": "1",
            "spark.ui.retainedJobs": "1",
            "spark.ui.retainedStages": "1",
            "spark.ui.retainedTasks": "1",
            "spark.sql.maxPlanStringLength": "1000",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.session.timeZone": "Europe/Rome",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.catalogImplementation": "in-memory",
            # each query runs once, over few rows: to compile it would take longer than to read it
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.adaptive.enabled": "false",
            # nor do so few rows repay what is found out about them, or the text of a plan
            "spark.sql.constraintPropagation.enabled": "false",
            "spark.sql.ui.explainMode": "simple",
            "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC "
            "-XX:ReservedCodeCacheSize=256m -Xms1g -Xmn600m",
        }
        # Spark's own processes find revkit where this one does
        os.environ["PYSPARK_PYTHON"] = sys.executable
        builder = SparkSession.builder.master("local[2]").appName("revkit tests")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        try:
            yield session
        finally:
            session.stop()


def spread(session, tables, folder):
    """Give a session temporary views of Parquet files; moments are without a time zone there."""
    for name, table in tables.items():
        file = folder / f"{name}.parquet"
        pq.write_table(table, file)
        # kept in memory: opening a file takes Spark longer than reading so few rows
        session.read.parquet(str(file)).cache().createOrReplaceTempView(name)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
