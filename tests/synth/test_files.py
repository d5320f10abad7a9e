"""The made-up company is the same to the byte wherever and however it is made."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from hashlib import md5
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import revkit as rk
from revkit.errors import FolderError, ParameterError, WriteError
from revkit.synth import Company, generate, scenarios
from revkit.synth.calibrate.calibration import calibrated_world
from revkit.synth.kernel.arrow import COLUMNS, plain, schema
from revkit.synth.kernel.name_pools import SIZES, draw_unique, pool
from revkit.synth.kernel.random_streams import Slots, Streams, chance, choose
from revkit.synth.scenario.load import scenario
from revkit.synth.simulate import world as worlds
from revkit.synth.truth.truth import Truth
from revkit.synth.write.checksums import Content, of_folder, of_tables

HOME = Path(__file__).parents[2]
SAMPLE = HOME / "data" / "sample"


def run(*words: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=HOME, check=True, capture_output=True, text=True,
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(HOME)},
    )  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_sample_is_what_the_script_writes(tmp_path: Path) -> None:
    """Byte for byte, from a fresh process with another hash seed."""
    said = run("generate_sample_data.py", "--out", str(tmp_path / "sample"), seed="7").stdout

    for name in ("sample", "sample-truth"):
        assert contents(tmp_path / name) == contents(SAMPLE.parent / name)
    assert all(name in said for name in COLUMNS)
    assert "2025-12-31" in said


def test_the_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLE.iterdir()) <= 2_000_000


def test_the_script_explains_itself() -> None:
    said = run("generate_sample_data.py", "--help").stdout

    for option in ("scenario", "seed", "months", "accounts", "workers", "dirt", "format", "out"):
        assert f"--{option}" in said


def test_the_script_lists_the_scenarios_and_writes_nothing(tmp_path: Path) -> None:
    said = run("generate_sample_data.py", "--list", "--out", str(tmp_path / "none")).stdout

    assert all(name in said for name in scenarios())
    assert not list(tmp_path.iterdir())


def test_the_script_says_when_what_is_planted_cannot_be_found(tmp_path: Path) -> None:
    asked = ("generate_sample_data.py", "--scenario", "price-rise-smb", "--accounts", "60")
    said = run(*asked, "--out", str(tmp_path / "shop")).stdout

    assert "from 12,000 accounts on, and not among 60" in " ".join(said.split())


def test_any_number_of_processes_writes_the_same(tmp_path: Path) -> None:
    """Parts and all, byte for byte; and CSV is one file of the same rows."""
    told: list[tuple[int, int]] = []
    for workers in (1, 2, 3):
        company = generate(accounts=70_000, months=1, dirt="light", workers=workers)
        written = company.write(
            tmp_path / f"{workers}" / "shop", progress=lambda *done: told.append(done)
        )
    one, two, three = (
        {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.*"))}
        for folder in (tmp_path / "1", tmp_path / "2", tmp_path / "3")
    )

    assert told == 3 * [(1, 3), (2, 3), (3, 3)]
    assert len(one) == 13 * 3 + 10 + 2 + 2  # parts, tables, what reads the dirt, manifests
    assert one == two == three
    assert written["leads"].path == tmp_path / "3" / "shop" / "leads"
    mapping = tmp_path / "1" / "shop-truth" / "mapping.yaml"  # says the currency and reads days
    read = rk.load(tmp_path / "1" / "shop", mapping=mapping)
    assert written["leads"].rows == read.leads.count().execute()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "leads").mkdir()
    (tmp_path / "leads" / "notes.txt").write_text("mine")

    with pytest.raises(FolderError, match=r"holds 'notes.txt'. Move that away"):
        generate(accounts=5, months=1).write(tmp_path)

    assert [path.name for path in tmp_path.rglob("*")] == ["leads", "notes.txt"]


@pytest.mark.parametrize("name", ["opportunities.csv", "Leads.CSV", "accounts/part-1.parquet"])
def test_another_export_is_never_overwritten(tmp_path: Path, name: str) -> None:
    """Neither by a file of its name nor by one beside it that would be read as the same table."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("opportunity_id\n1\n")

    for force in (False, True):
        for format in ("csv", "parquet"):
            with pytest.raises(FolderError, match=Path(name).name if not force else "in the way"):
                generate(accounts=5, months=1).write(tmp_path, format, force=force)

    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [tmp_path / name]
    assert (tmp_path / name).read_text() == "opportunity_id\n1\n"


def test_other_files_stay_beside_a_company_when_it_is_forced(tmp_path: Path) -> None:
    for folder in ("shop", "shop-truth"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "notes.txt").write_text("mine")
    with pytest.raises(FolderError, match=r"holds 'notes\.txt'"):
        generate(accounts=5, months=1).write(tmp_path / "shop")

    for _ in range(2):
        generate(accounts=5, months=1).write(tmp_path / "shop", truth=True, force=True)

    for folder in ("shop", "shop-truth"):
        assert (tmp_path / folder / "notes.txt").read_text() == "mine"


def test_data_and_truth_are_swapped_in_together(tmp_path: Path) -> None:
    """A truth that cannot be written leaves the former company, tables and all."""
    company, other = (generate(accounts=20, months=2, seed=seed) for seed in (1, 2))
    company.write(tmp_path / "shop", truth=True)
    before = {name: contents(tmp_path / name) for name in ("shop", "shop-truth")}

    def full(truth: Truth, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Truth, "write_files", full)
        with pytest.raises(WriteError, match="No space left"):
            other.write(tmp_path / "shop", truth=True)
    assert {name: contents(tmp_path / name) for name in before} == before

    other.write(tmp_path / "shop")
    assert not (tmp_path / "shop-truth").exists()  # rather none than another company's
    other.truth.write(tmp_path / "shop")
    apart = {name: contents(tmp_path / name) for name in before}
    other.write(tmp_path / "shop", truth=True)
    assert {name: contents(tmp_path / name) for name in before} == apart != before


def test_a_linked_folder_is_followed_and_its_truth_is_beside_the_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "shop").symlink_to(tmp_path / "disk")

    written = generate(accounts=5, months=1).write(tmp_path / "shop", truth=True)

    assert (tmp_path / "shop").is_symlink()
    assert written["leads"].path == tmp_path / "disk" / "leads.parquet"
    assert (tmp_path / "shop-truth" / "truth.json").is_file()
    assert set(rk.load(tmp_path / "shop").tables) == set(COLUMNS)


def test_the_script_refuses_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "opportunities.csv").write_text("mine")
    asked = ("generate_sample_data.py", "--accounts", "5", "--months", "1", "--out", str(tmp_path))

    done = subprocess.run(
        [sys.executable, *asked], cwd=HOME, check=False, capture_output=True, text=True
    )

    assert done.returncode == 2
    assert "holds 'opportunities.csv'. Move that away" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "opportunities.csv").read_text() == "mine"


def test_another_seed_is_another_company() -> None:
    one, two = (generate(accounts=50, months=3, seed=seed).tables["accounts"] for seed in (1, 2))

    assert not one.equals(two)


def test_csv_holds_the_same_as_parquet(tmp_path: Path) -> None:
    company = generate(accounts=150, months=4)

    written = company.write(tmp_path, "csv")
    for name, made in written.items():
        wanted = schema(name)
        options = pa.csv.ConvertOptions(
            column_types=wanted, strings_can_be_null=True, quoted_strings_can_be_null=False
        )
        assert pa.csv.read_csv(made.path, convert_options=options).equals(company.tables[name]), (
            name
        )

    assert company.write(tmp_path)["leads"].path.name == "leads.parquet"
    assert {path.suffix for path in tmp_path.iterdir()} == {".parquet", ".json"}
    assert pq.read_table(tmp_path / "leads.parquet").equals(company.tables["leads"])


@pytest.mark.parametrize("dirt", ["clean", "heavy"])
def test_every_kind_of_file_has_the_same_content(tmp_path: Path, dirt: str) -> None:
    """Parquet and CSV, whatever stood in the folder before; another company has another."""
    company = generate(accounts=150, months=4, dirt=dirt)
    for format in ("csv", "parquet"):
        company.write(tmp_path / "shop", format)
        assert of_folder(tmp_path / "shop") == company.content
    other = generate(accounts=150, months=4, dirt=dirt, seed=1).content
    same = {name for name in COLUMNS if other[name] == company.content[name]}
    assert same - {"opportunity_splits"} == {
        "stages",
        "products",
        "campaigns",
    }  # few deals are shared
    assert (tmp_path / "shop-truth").exists() == (dirt == "heavy")


def test_a_content_is_the_same_on_every_machine() -> None:
    """MD5 of the values with a bar between, the lower half, as little-endian numbers."""
    table = pa.table({"stage": ["lead", None], "amount": [1.5, 2.0], "on": [date(2026, 1, 2)] * 2})
    rows = ("lead\x1f1.5\x1f2026-01-02", "\x1e\x1f2.0\x1f2026-01-02")
    halves = [int.from_bytes(md5(row.encode()).digest()[8:], "little") for row in rows]  # noqa: S324

    assert of_tables({"t": table})["t"] == Content(2, sum(halves))


def test_a_chunk_depends_on_its_number_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made alone, or after another world, or among others: the same rows."""
    for module in ("world", "accounts"):
        monkeypatch.setattr(f"revkit.synth.simulate.{module}.CHUNK", 64)
    world = calibrated_world(scenario("baseline"), seed=5, months=6, accounts=150)
    whole = generate(accounts=150, months=6, seed=5).tables
    assert worlds.CHUNK == 64
    assert len(world.chunks) == 3

    company = Company(world)
    last, *others = (
        {name: plain(table, name) for name, table in company.part(chunk).tables.items()}
        for chunk in (2, 0, 1)
    )

    for name, table in last.items():
        assert whole[name].equals(pa.concat_tables([*(o[name] for o in others), table]))


def test_what_comes_first_does_not_change_what_is_drawn() -> None:
    streams = Streams(seed=3, chunk=0)
    before = streams.uniform("leads.channel", 5)

    streams.normal("leads.another_column", 100)

    assert (streams.uniform("leads.channel", 5) == before).all()
    assert not np.isin(Streams(3, 1).uniform("leads.channel", 5), before).any()


def test_a_deal_keeps_its_draw_whatever_happens_to_others() -> None:
    streams = Streams(seed=3, chunk=0)
    all_ = Slots(streams, np.arange(100_000))
    some = Slots(streams, np.array([7, 99_000]))

    assert (some.uniform("x") == all_.uniform("x")[[7, 99_000]]).all()
    assert all_.uniform("x").mean() == pytest.approx(0.5, abs=0.005)
    assert np.corrcoef(all_.uniform("x"), all_.uniform("y"))[0, 1] == pytest.approx(0, abs=0.02)
    assert all_.normal("z").std() == pytest.approx(1, abs=0.01)


def test_choices_follow_their_weights() -> None:
    draws = np.array([0.0, 0.49, 0.5, 0.99])

    assert choose(draws, np.array([2, 1, 1])).tolist() == [0, 0, 1, 2]
    assert chance(0.25, np.log(3)) == pytest.approx(0.5)


def test_names_come_from_the_shipped_pool() -> None:
    """Unique and sorted, and Faker is not needed to use them."""
    values = pool("en_US")

    assert {kind: len(words) for kind, words in values.items()} == SIZES | {"last_name": 1000}
    assert all(list(words) == sorted(set(words)) for words in values.values())
    assert draw_unique(iter("abcab").__next__, 3) == ["a", "b", "c"]
    loaded = run("-c", "import sys, revkit.synth as s; s.generate(accounts=9); print(*sys.modules)")
    assert "faker" not in loaded.stdout.split()
    assert not {"ibis", "revkit.metrics", "revkit.dataset"} & set(loaded.stdout.split())


@pytest.mark.parametrize("locale", ["de_DE", "es_ES", "fr_FR", "it_IT"])
def test_another_locale_changes_names_and_nothing_else(locale: str) -> None:
    ours, theirs = (generate(accounts=200, months=6, locale=name) for name in ("en_US", locale))

    values = pool(locale)
    firsts = tuple(f"{name} " for name in values["first_name"])
    reps = theirs.tables["reps"]["name"].to_pylist()
    assert all(list(words) == sorted(set(words)) for words in values.values())
    assert all(name.startswith(firsts) and name.endswith(values["last_name"]) for name in reps)
    assert all(re.fullmatch(r"[a-z0-9.-]+@example\.com", mail) for mail in _mails(theirs))
    for name, table in ours.tables.items():
        named = [column for column in ("name", "email") if column in table.column_names]
        assert theirs.tables[name].drop_columns(named).equals(table.drop_columns(named)), name


def _mails(company: Company) -> list[str]:
    return [mail for mail in company.tables["leads"]["email"].to_pylist() if mail]


def test_a_locale_without_names_says_how_to_draw_them() -> None:
    with pytest.raises(ParameterError, match="revkit pool --locale ja_JP"):
        generate(locale="ja_JP")
