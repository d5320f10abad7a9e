"""Which claims about quiet companies are false."""

from __future__ import annotations

import pandas as pd

SURE = 0.03
"""Share of companies in which a group must differ, at the level of :data:`LEAST` tests, for its
difference to be taken for real; in three of four of them in one direction."""


def false_claims(rows: pd.DataFrame) -> str:
    """Return a table of false claims as text.

    Nothing changes in a quiet company, so every change that is claimed is false. Groups do differ:
    small companies churn more, and partners' leads are better. Such a claim is false where it goes
    against the direction in which other companies are found to differ, at a level that a report
    would not claim at. Reps have other names in each company and skills of their own, so theirs
    are counted apart.
    """
    said = rows[rows["said"].astype(bool)]
    changes = said[said["kind"] != "contrast"]
    keys = ["page", "metric", "group"]
    seen = rows[(rows["kind"] == "contrast") & (rows["group"] != "")]
    seen = seen.drop_duplicates([*keys, "company"])
    found = seen.groupby(keys)["up"].agg(["mean", "size"])
    companies = rows["company"].nunique()
    contrasts = said[said["kind"] == "contrast"].join(found, on=keys)
    one_way = (contrasts["mean"] - 0.5).abs() >= 0.25
    real = one_way & (contrasts["size"] > SURE * companies)
    against = (contrasts["up"] != (contrasts["mean"] > 0.5)) | ~real
    people = contrasts["text"].str.contains(" by rep:")
    wrong = contrasts[against & ~people]
    lines = [f"{companies} companies, {len(rows) // companies} tests each"]
    parts = {
        "a false change": changes,
        "a false contrast": wrong,
        "either": pd.concat([changes, wrong]),
        "a rep named": contrasts[people],
    }
    for name, part in parts.items():
        share = part["company"].nunique() / companies
        lines.append(f"reports with {name}: {share:.1%} ({len(part)} claims)")
    for _, row in parts["either"].iterrows():
        lines.append(f"  {row['company']}: {row['page']}, {row['kind']}: {row['metric']} "
                     f"{row['group']} {'up' if row['up'] else 'down'}: {row['text']}")  # fmt: skip
    return "\n".join(lines)
