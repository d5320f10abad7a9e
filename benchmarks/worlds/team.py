"""Team worlds: activities of reps and ramp times."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.worlds.deals import one_rep
from benchmarks.worlds.scene import AS_OF, Scene, Tables, months_of, together


def week(scene: Scene, *, history: bool = False) -> Tables:
    """Draw activities of March, a third of them selling."""
    done = []
    for month in months_of(scene, history):
        rows = scene.rows(scene.size)
        done.append(
            rows.frame(
                "activity_id",
                rep_id=[f"r{replicate:04d}" for replicate in rows.replicate],
                kind="call",
                occurred_at=rows.within(month).astype("datetime64[us]"),
                minutes=np.maximum(np.round(rows.money(40.0)), 1),
                is_selling=rows.happens(1 / 3),
                is_automated=False,
            )
        )
    return {"activities": together("activity_id", done), "reps": one_rep(scene)}


def hires(scene: Scene) -> Tables:
    """Draw reps hired in 2024 with their ramp times; some leave before they ramp."""
    rows = scene.fixed(round(scene.size))
    hired = np.datetime64("2024-01-01") + scene.random.integers(0, 330, len(rows))
    takes = np.maximum(rows.days(8), 1)
    stays = 30 * (1 + (scene.random.exponential(16, len(rows))).astype(np.int64))
    left = hired + stays.astype("timedelta64[D]")
    reps = rows.frame(
        "rep_id",
        hired_on=hired,
        left_on=np.where(left <= np.datetime64(AS_OF), left, np.datetime64("NaT", "D")),
    )
    ids = reps["rep_id"]
    quota = pd.DataFrame(
        {
            "target_id": "t" + ids, "kind": "quota", "measure": "bookings", "rep_id": ids,
            "starts_on": hired, "ends_on": np.datetime64("2026-04-01"), "amount": 1e6,
        }
    )  # fmt: skip
    sold = hired + (30.5 * takes - 15).astype(np.int64).astype("timedelta64[D]")
    deals = pd.DataFrame(
        {
            "opportunity_id": "o" + ids, "rep_id": ids, "created_on": hired, "closed_on": sold,
            "is_won": True, "amount": 1e6,
        }
    )  # fmt: skip
    known = (sold <= np.datetime64(AS_OF)) & (sold < left)
    return {"reps": reps, "targets": quota, "opportunities": deals[known]}


def meetings(scene: Scene, *, history: bool = False) -> Tables:
    """Draw meetings of March, of which three in four are held and the others missed."""
    done = []
    for month in months_of(scene, history):
        rows = scene.rows(scene.size)
        done.append(
            rows.frame(
                "activity_id",
                rep_id=[f"r{replicate:04d}" for replicate in rows.replicate],
                kind="meeting",
                occurred_at=rows.within(month).astype("datetime64[us]"),
                is_selling=True,
                outcome=np.where(rows.happens(0.75), "held", "no_show"),
            )
        )
    return {"activities": together("activity_id", done), "reps": one_rep(scene)}


def ended(scene: Scene) -> Tables:
    """Draw quotas of March, of which two in five are reached."""
    rows = scene.rows(scene.size)
    reps = rows.frame("rep_id", hired_on=np.datetime64("2024-01-01"))
    ids = reps["rep_id"]
    quota = pd.DataFrame(
        {
            "target_id": "t" + ids, "kind": "quota", "measure": "bookings", "rep_id": ids,
            "starts_on": np.datetime64("2026-03-01"), "ends_on": np.datetime64("2026-04-01"),
            "amount": 100.0,
        }
    )  # fmt: skip
    won = pd.DataFrame(
        {
            "opportunity_id": "o" + ids, "rep_id": ids, "created_on": np.datetime64("2026-02-01"),
            "closed_on": np.datetime64("2026-03-20"), "is_won": True,
            "amount": np.where(rows.happens(0.4), 120.0, 60.0),
        }
    )  # fmt: skip
    return {"reps": reps, "targets": quota, "opportunities": won}


def leavers(scene: Scene) -> Tables:
    """Draw the reps who leave in each of the last months, of a large staff that stays."""
    staff = [scene.fixed(50).frame("rep_id", hired_on=np.datetime64("2024-01-01"))]
    for month in months_of(scene, history=True):
        rows = scene.rows(scene.size)
        gone = rows.frame("rep_id", hired_on=np.datetime64("2024-06-01"))
        staff.append(gone.assign(left_on=rows.within(month)))
    return {"reps": together("rep_id", staff)}


def called(scene: Scene) -> Tables:
    """Draw reps who commit to a March, and win that amount more or less."""
    rows = scene.rows(scene.size)
    reps = rows.frame("rep_id", hired_on=np.datetime64("2024-01-01"))
    ids, won = reps["rep_id"], rows.money()
    error = scene.random.gamma(20, 1 / 20, len(rows))
    commit = pd.DataFrame(
        {
            "target_id": "t" + ids, "kind": "commit", "measure": "bookings", "rep_id": ids,
            "starts_on": np.datetime64("2026-03-01"), "ends_on": np.datetime64("2026-04-01"),
            "submitted_on": np.datetime64("2026-02-20"), "amount": np.round(won * error, 2),
        }
    )  # fmt: skip
    deals = pd.DataFrame(
        {
            "opportunity_id": "o" + ids, "rep_id": ids, "created_on": np.datetime64("2026-02-01"),
            "closed_on": np.datetime64("2026-03-20"), "is_won": True, "amount": won,
        }
    )  # fmt: skip
    return {"reps": reps, "targets": commit, "opportunities": deals}
