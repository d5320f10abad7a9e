"""Changes of a generated company's deals: dealt out among reps, or lost by one at one stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

import revkit as rk

if TYPE_CHECKING:
    from numpy.random import Generator

READ = ("reps", "opportunities", "opportunity_history", "stages")


def frames(data: rk.Dataset) -> dict[str, pd.DataFrame]:
    """Return the tables that coaching reads."""
    return {name: data.table(name).to_pyarrow().to_pandas() for name in READ if name in data}


CHANGED = ("opportunities", "opportunity_history")


def company(tables: dict[str, pd.DataFrame], like: rk.Dataset) -> rk.Dataset:
    """Return a company with changed tables."""
    rows = {}
    for name in CHANGED:
        schema = like.table(name).schema()
        frame = tables[name].reset_index(drop=True)[[*schema]]
        arrow = pa.Table.from_pandas(frame, schema=schema.to_pyarrow(), preserve_index=False)
        rows[name] = like.backend.create_table(f"changed_{name}", arrow, overwrite=True)
    return like.with_rows(rows)


def dealt_out(
    deals: pd.DataFrame, measures: dict[str, pd.DataFrame], leads: pd.DataFrame, rng: Generator
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame], pd.DataFrame]:
    """Return deals, their measures and leads, dealt out among the reps who had some then."""
    end = deals["closed_on"].fillna(pd.Timestamp("2100-01-01"))
    quarter = end.dt.to_period("Q").astype(str)
    who = _exchanged(deals["rep_id"], [deals["segment"], quarter], rng)
    owner = pd.Series(who.to_numpy(), deals["opportunity_id"])
    owner = owner[~owner.index.duplicated()]
    keys = ["opportunity_id", "rep_id"]  # of split deals one rep's part is dealt out
    changed = {
        name: rows.assign(rep_id=rows["opportunity_id"].map(owner)).drop_duplicates(keys)
        for name, rows in measures.items()
    }
    month = pd.to_datetime(leads["created_at"]).dt.tz_localize(None).dt.to_period("Q").astype(str)
    return (
        deals.assign(rep_id=who),
        changed,
        leads.assign(rep_id=_exchanged(leads["rep_id"], [month], rng)),
    )


def _exchanged(who: pd.Series, strata: list[pd.Series], rng: Generator) -> pd.Series:
    """Return owners exchanged at random within strata; unknown ones stay."""
    key = pd.concat([one.fillna("") for one in strata], axis=1).astype(str).agg("|".join, axis=1)
    found = who.copy()
    known = who.notna()
    for _name, rows in key[known].groupby(key[known], sort=True):
        found.loc[rows.index] = rng.permutation(who.loc[rows.index].to_numpy())
    return found


def eligible(tables: dict[str, pd.DataFrame], least: int) -> list[str]:
    """Return the reps who are there with so many decided deals of new business in two years."""
    reps, deals = tables["reps"], tables["opportunities"]
    closed = pd.to_datetime(deals["closed_on"])
    late = closed > closed.max() - pd.Timedelta(days=730)
    count = deals[late & (deals["kind"] == "new")].groupby("rep_id").size()
    there = set(reps.loc[reps["left_on"].isna(), "rep_id"])
    return [str(rep) for rep in count.index[count >= least] if rep in there]


def losing(
    tables: dict[str, pd.DataFrame], rep: str, stage: str, share: float, rng: Generator
) -> dict[str, pd.DataFrame]:
    """Return tables in which a rep loses a share of the deals that he moved on from a stage."""
    deals, history = tables["opportunities"].copy(), tables["opportunity_history"]
    own = deals.loc[(deals["rep_id"] == rep) & (deals["kind"] == "new"), "opportunity_id"]
    rows = history.sort_values(["opportunity_id", "changed_at", "seq"]).reset_index(drop=True)
    order = tables["stages"].loc[tables["stages"]["object"] == "opportunity"]
    later = _later(order, stage)
    moved = rows[rows["stage"].isin(later) & rows["opportunity_id"].isin(own)]
    first = moved.groupby("opportunity_id").head(1)
    hit = first[rng.random(len(first)) < share]
    cut = rows["opportunity_id"].map(hit.set_index("opportunity_id")["seq"])
    kept = rows[cut.isna() | (rows["seq"] < cut)]
    lost = order.loc[order["is_closed"] & ~order["is_won"], "stage"].iloc[0]
    ends = hit.assign(stage=lost)
    history = pd.concat([kept, ends], ignore_index=True)
    days = pd.to_datetime(hit.set_index("opportunity_id")["changed_at"]).dt.tz_localize(None)
    at = pd.to_datetime(deals["opportunity_id"].map(days.dt.normalize().to_dict()))
    deals.loc[at.notna(), "closed_on"] = at.astype("datetime64[s]").dt.date
    deals.loc[at.notna(), "is_won"] = False
    deals["lost_reason"] = deals["lost_reason"].where(at.isna(), "price")
    return tables | {"opportunities": deals, "opportunity_history": history}


def _later(order: pd.DataFrame, stage: str) -> set[str]:
    """Return the stages after one, open or won, of its pipeline."""
    here = order[order["stage"] == stage].iloc[0]
    same = order[order["pipeline"] == here["pipeline"]] if "pipeline" in order else order
    after = same[(same["position"] > here["position"]) & (~same["is_closed"] | same["is_won"])]
    return set(after["stage"])


def open_stages(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Return the stages of new business that a deal can be lost at."""
    order = tables["stages"]
    order = order[(order["object"] == "opportunity") & ~order["is_closed"]]
    if "pipeline" in order:
        order = order[order["pipeline"] == order["pipeline"].iloc[0]]
    return [str(one) for one in order.sort_values("position")["stage"]]


def pick(options: list[str], rng: Generator) -> str:
    """Return one of several."""
    return options[int(np.floor(rng.random() * len(options)))]
