"""Which claims about quiet companies are false."""

from __future__ import annotations

import pandas as pd

SURE = 0.02
"""Share of companies in which a group must be named more often in one direction than in the other
for its difference to be taken for real."""


def false_claims(rows: pd.DataFrame) -> str:
    """Return a table of false claims as text.

    Nothing changes in a quiet company, so every change that is claimed is false. Groups do differ:
    small companies churn more, and partners' leads are better. Such a claim is false where it goes
    against the direction in which most companies of the scenario are found to differ. Reps have
    other names in each company and skills of their own, so theirs are counted apart.
    """
    said = rows[rows["said"].astype(bool)]
    changes = said[said["kind"] != "contrast"]
    contrasts = said[said["kind"] == "contrast"]
    keys = ["page", "metric", "group"]
    known = contrasts.groupby(keys)["up"].transform("mean")
    size = contrasts.groupby(keys)["up"].transform("size")
    companies = rows["company"].nunique()
    usual = size > SURE * companies
    against = (contrasts["up"] != (known > 0.5)) | ~usual
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
