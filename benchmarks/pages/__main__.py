"""Command line of the benchmark of pages: ``python -m benchmarks.pages``."""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

from benchmarks import pages
from benchmarks.compiled import compiled_once
from benchmarks.pages.companies import COMPANIES
from benchmarks.pages.runs import NOTEBOOKS, Said, run
from benchmarks.pages.sentences import faults, unconditional
from revkit.report.parameters import parameters_of
from revkit.report.run import read

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

PERIODS = ("quarter", "month", "week")
COLUMNS = ["company", "period", "page", "kind", "quiet", "text", "fault", "words"]


def main() -> None:
    """Run the pages, print what failed and what is false, and keep every sentence."""
    parser = argparse.ArgumentParser(
        description=pages.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--companies", nargs="*", default=list(COMPANIES))
    parser.add_argument("--periods", nargs="*", default=list(PERIODS))
    parser.add_argument("--notebooks", nargs="*", default=None)
    parser.add_argument("--out", type=Path, default=Path("build/pages.csv"))
    asked = parser.parse_args()
    mpl.use("Agg")
    rows = _done(asked.out)
    with compiled_once():
        for name in asked.companies:
            if name in set(rows["company"]):
                continue
            begun = time.perf_counter()
            new = _company(name, asked.periods, asked.notebooks)
            rows = pd.concat([rows, new], ignore_index=True)
            asked.out.parent.mkdir(exist_ok=True)
            rows.to_csv(asked.out, index=False)
            print(f"{name:20} {len(new):5} sentences, {(new['fault'] != '').sum():3} faults, "
                  f"{time.perf_counter() - begun:.0f} s", flush=True)  # fmt: skip
    _print(rows)


def _company(name: str, periods: list[str], only: list[str] | None) -> pd.DataFrame:
    made, rows = COMPANIES[name], []
    data = made.make()
    for file in sorted(NOTEBOOKS.glob("*.ipynb")):
        if only and file.stem not in only:
            continue
        takes = parameters_of(read(file), file.stem)
        for period in periods if "period" in takes else periods[:1]:
            page = run(file, data, {"period": period}, made.language)
            where = {"company": name, "period": period, "page": file.stem}
            if page.failed:
                print(f"{name} {file.stem} by {period}: {page.failed}", flush=True)
                rows.append({**where, "kind": "run", "fault": "failed", "words": page.failed})
            known: dict[int, np.ndarray] = {}
            for one in page.said:
                rows += [{**where, **row} for row in _row(one, made.language, known)]
    return pd.DataFrame(rows, columns=COLUMNS).fillna({"fault": "", "words": "", "text": ""})


def _row(one: Said, language: str, known: dict[int, np.ndarray]) -> list[dict[str, object]]:
    told = {"kind": one.kind, "quiet": one.quiet, "text": one.text}
    found = list(faults(one, language, known)) or [("", "")]
    return [{**told, "fault": fault, "words": words} for fault, words in found]


def _done(out: Path) -> pd.DataFrame:
    if not out.exists():
        return pd.DataFrame(columns=COLUMNS)
    return pd.read_csv(out, keep_default_na=False)


def _print(rows: pd.DataFrame) -> None:
    """Print faults by kind, with an example of each page, and what all companies are told."""
    wrong = rows[rows["fault"] != ""]
    print(f"\n{len(rows):,} sentences of {rows['company'].nunique()} companies")
    print(wrong.groupby(["fault", "page", "kind"]).size().to_string() if len(wrong) else "0 faults")
    for row in wrong.drop_duplicates(["fault", "page", "kind"]).itertuples():
        print(f"{row.fault} [{row.words}] {row.company} {row.page} {row.kind}: {row.text[:300]}")
    loud = rows[(rows["quiet"].astype(str) == "False") & (rows["text"] != "")]
    shared = unconditional({str(name): set(own["text"]) for name, own in loud.groupby("company")})
    print("\nsaid to five companies or more, word for word:", *shared or ["nothing"], sep="\n- ")


if __name__ == "__main__":
    main()
