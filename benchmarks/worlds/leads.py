"""Lead worlds: funnel stages, response times and time to close."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.worlds.scene import AS_OF, MARCH, Scene, Tables, months_of, shift, spending


def leads(scene: Scene, *, history: bool = False) -> Tables:
    """Draw leads of March: 40 % become MQL, half of these SQL, 30 % of these won."""
    every, visits, won = [], [], []
    for month in months_of(scene, history):
        rows = scene.rows(scene.size)
        at = rows.within(month, 9)
        people = rows.frame("lead_id", created_at=at.astype("datetime64[us]"))
        people["lead_id"] = people["lead_id"] + f".{month}"
        marketed = rows.happens(0.4)
        sold = marketed & rows.happens(0.5)
        bought = sold & rows.happens(0.3)
        every.append(people)
        later = (("MQL", marketed, 3), ("SQL", sold, 8), ("opportunity", bought, 8))
        for stage, inside, day in (("lead", ..., 0), *later):
            entered = (at + np.timedelta64(day, "D")).astype("datetime64[us]")
            entry = people[["lead_id"]].assign(stage=stage, entered_at=entered)
            visits.append(entry if inside is ... else entry[inside])
        deal = people.loc[bought, ["lead_id", "replicate"]]
        won.append(
            deal.assign(
                opportunity_id="o" + deal["lead_id"],
                created_on=(at + np.timedelta64(8, "D"))[bought],
                closed_on=(at + np.timedelta64(15, "D"))[bought],
                is_won=True,
                amount=rows.money()[bought],
            )
        )
    known = pd.concat(won, ignore_index=True)
    return {
        "leads": pd.concat(every, ignore_index=True),
        "lead_history": pd.concat(visits, ignore_index=True),
        "opportunities": known[known["closed_on"] <= np.datetime64(AS_OF)],
        "spend": spending(scene, [MARCH]),
    }


def answers(scene: Scene) -> Tables:
    """Draw leads of March and a first call to 75 % of them, a third after two minutes."""
    rows = scene.rows(scene.size)
    created = rows.within(MARCH).astype("datetime64[us]")
    people = rows.frame("lead_id", created_at=created)
    waits = np.where(rows.happens(1 / 3), 2, 60 * rows.days(20))
    called = rows.happens(0.75)
    calls = rows.frame(
        "activity_id",
        lead_id=people["lead_id"],
        kind="call",
        direction="out",
        occurred_at=created + waits.astype("timedelta64[m]"),
        rep_id="r0000",
        is_selling=True,
    )[called]
    calls = calls[calls["occurred_at"] < np.datetime64(shift(MARCH, 1))]
    return {"leads": people, "activities": calls.drop(columns="replicate")}


def buyers(scene: Scene) -> Tables:
    """Draw leads won in March, with the time since their creation."""
    rows = scene.rows(scene.size)
    won = rows.within(MARCH)
    came = won - rows.days(60).astype("timedelta64[D]")
    people = rows.frame("lead_id", created_at=came.astype("datetime64[us]"))
    deals = rows.frame(
        "opportunity_id", lead_id=people["lead_id"], created_on=came, closed_on=won, is_won=True,
        amount=rows.money(),
    )  # fmt: skip
    return {"leads": people, "opportunities": deals}
