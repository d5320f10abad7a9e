"""Deal worlds: closed, created and due deals, stages and campaigns."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from benchmarks.worlds.scene import (
    AS_OF,
    HISTORY,
    MARCH,
    Scene,
    Tables,
    finance,
    months_of,
    shift,
    spending,
    together,
)

STEPS = ("Discovery", "Proposal", "Won", "Lost")


def deals(scene: Scene, *, history: bool = False) -> Tables:
    """Draw deals that close in March, 30 % of them won, and deals still open."""
    ahead = [shift(MARCH, months) for months in (1, 2, 3, 4)]
    whole = together(
        "opportunity_id",
        [_closing(scene, month) for month in [*months_of(scene, history), *ahead]],
    )
    whole = whole[whole["created_on"] <= np.datetime64(AS_OF)]
    closed = whole["closed_on"] <= np.datetime64(AS_OF)
    whole = whole.assign(
        closed_on=whole["closed_on"].where(closed),
        is_won=whole["is_won"].astype("boolean").where(closed),
    )
    return {"opportunities": whole, "reps": one_rep(scene), "targets": quotas(scene)}


def _closing(scene: Scene, month: date) -> pd.DataFrame:
    """Return deals that close in a month."""
    rows = scene.rows(scene.size)
    closes = rows.within(month)
    return rows.frame(
        "opportunity_id",
        created_on=closes - rows.days(40).astype("timedelta64[D]"),
        closed_on=closes,
        is_won=rows.happens(0.3),
        amount=rows.money(),
        discount=scene.random.choice([0.0, 0.1, 0.2, 0.3], len(rows)),
    )


def one_rep(scene: Scene) -> pd.DataFrame:
    """Return one rep per replicate, hired 900 days ago."""
    reps = scene.fixed(1).frame("rep_key", hired_on=MARCH - timedelta(days=900))
    return reps.assign(rep_id="r" + reps["replicate"]).drop(columns="rep_key")


def quotas(scene: Scene) -> pd.DataFrame:
    """Return each rep's quotas of February and March, the same in all companies."""
    held = scene.fixed(2).frame(
        "target_id",
        kind="quota",
        measure="bookings",
        starts_on=np.tile([shift(MARCH, -1), MARCH], scene.replicates),
        ends_on=np.tile([MARCH, shift(MARCH, 1)], scene.replicates),
        amount=scene.size * 300,
    )
    return held.assign(rep_id="r" + held["replicate"])


def cohort(scene: Scene, *, history: bool = False) -> Tables:
    """Draw deals created in March, 25 % of them won and 50 % lost, and the spend of March."""
    months = [_created(scene, month) for month in months_of(scene, history)]
    return {
        "opportunities": together("opportunity_id", months),
        "spend": spending(scene, [MARCH]),
    }


def _created(scene: Scene, month: date) -> pd.DataFrame:
    """Return deals created in a month."""
    rows = scene.rows(scene.size)
    created = rows.within(month, 9)
    won, ends = rows.happens(0.25), rows.happens(0.75)
    after = (1 + scene.random.integers(0, 20, len(rows))).astype("timedelta64[D]")
    outcome = np.where(won, True, np.where(ends, False, None))
    return rows.frame(
        "opportunity_id",
        created_on=created,
        closed_on=np.where(won | ends, created + after, np.datetime64("NaT", "D")),
        is_won=pd.Series(outcome, dtype="boolean"),
        amount=rows.money(),
    )


def campaigns(scene: Scene, *, last: date = MARCH, history: bool = False) -> Tables:
    """Draw deals of a month, 70 % of them after a touch and 30 % won on the same day."""
    times = [shift(last, -back) for back in range(HISTORY if history else 1)]
    made = together("opportunity_id", [_touched(scene, month) for month in times])
    touches = made[made.pop("touched")]
    touches = pd.DataFrame(
        {
            "touch_id": "t" + touches["opportunity_id"],
            "opportunity_id": touches["opportunity_id"],
            "campaign_id": "c1",
            "touched_at": touches["created_on"].astype("datetime64[us]"),
        }
    )
    return {
        "opportunities": made,
        "touches": touches,
        "campaigns": pd.DataFrame({"campaign_id": ["c1"], "name": ["One"], "channel": ["ads"]}),
        "spend": spending(scene, [last]),
        "finance": finance(scene, last),
    }


def _touched(scene: Scene, month: date) -> pd.DataFrame:
    """Return deals of a month, with a flag for those that were touched."""
    rows = scene.rows(scene.size)
    created = rows.within(month)
    won = rows.happens(0.3)
    return rows.frame(
        "opportunity_id",
        created_on=created,
        closed_on=np.where(won, created, np.datetime64("NaT", "D")),
        is_won=pd.Series(np.where(won, True, None), dtype="boolean"),
        amount=rows.money(),
        touched=rows.happens(0.7),
    )


def passages(scene: Scene) -> Tables:
    """Draw deals that enter Discovery in March; half of them move on to Proposal."""
    rows = scene.rows(scene.size)
    entered = rows.within(MARCH, 5)
    onward = rows.happens(0.5)
    days = rows.days(12)
    moved = entered + days.astype("timedelta64[D]")
    seen = moved <= np.datetime64(AS_OF)
    lost = ~onward & seen
    deals = rows.frame(
        "opportunity_id",
        created_on=entered,
        closed_on=np.where(lost, moved, np.datetime64("NaT", "D")),
        is_won=pd.Series(np.where(lost, False, None), dtype="boolean"),
        amount=rows.money(),
    )
    ids = deals["opportunity_id"]
    first = pd.DataFrame({"opportunity_id": ids, "changed_at": entered, "stage": "Discovery"})
    then = pd.DataFrame({"opportunity_id": ids, "changed_at": moved, "stage": "Proposal"})
    gone = pd.DataFrame({"opportunity_id": ids, "changed_at": moved, "stage": "Lost"})
    history = pd.concat([first, then[onward & seen], gone[lost]], ignore_index=True)
    history = history.assign(changed_at=history["changed_at"].astype("datetime64[us]"))
    steps = pd.DataFrame(
        [
            {"object": "opportunity", "stage": stage, "position": place,
             "is_closed": place > 1, "is_won": stage == "Won"}
            for place, stage in enumerate(STEPS)
        ]
    )  # fmt: skip
    return {"opportunities": deals, "opportunity_history": history, "stages": steps}


def due(scene: Scene, *, history: bool = False) -> Tables:
    """Draw deals due in a month: half won, a third pushed to the next, a sixth open."""
    every, changes = [], []
    for month in months_of(scene, history):
        rows = scene.rows(scene.size)
        expected = rows.within(month)
        opened = expected - np.timedelta64(60, "D")
        drawn = np.where(rows.happens(0.5), "won", np.where(rows.happens(2 / 3), "push", "open"))
        closed = np.where(drawn == "won", expected, np.datetime64("NaT", "D"))
        deals = rows.frame(
            "opportunity_id",
            created_on=opened,
            closed_on=closed,
            is_won=pd.Series(np.where(drawn == "won", True, None), dtype="boolean"),
            amount=rows.money(),
            expected_close_on=expected,
        )
        ids = "d" + deals["opportunity_id"] + f".{month}"
        deals = deals.assign(opportunity_id=ids)
        state = {"opportunity_id": ids, "stage": "Proposal", "amount": deals["amount"]}
        first = pd.DataFrame(state | {"changed_at": opened, "expected_close_on": expected})
        after = expected + np.timedelta64(40, "D")
        then = pd.DataFrame(state | {"changed_at": expected, "expected_close_on": after})
        every.append(deals)
        changes += [first, then[drawn == "push"]]
    moves = pd.concat(changes, ignore_index=True)
    moves = moves.assign(changed_at=moves["changed_at"].astype("datetime64[us]"))
    return {
        "opportunities": pd.concat(every, ignore_index=True),
        "opportunity_history": moves[moves["changed_at"] <= np.datetime64(AS_OF)],
        "targets": quotas(scene),
        "reps": one_rep(scene),
    }


def explained(scene: Scene) -> Tables:
    """Draw deals closed in March against a competitor, 40 % won, others lost for three reasons."""
    rows = scene.rows(scene.size)
    won, cheap, late = rows.happens(0.4), rows.happens(0.5), rows.happens(0.4)
    closed = rows.within(MARCH)
    frame = rows.frame(
        "opportunity_id",
        created_on=closed - np.timedelta64(40, "D"),
        closed_on=closed,
        is_won=won,
        amount=rows.money(),
        competitor="Acme",
        discount=np.where(cheap, 0.05, np.where(late, 0.15, 0.4)),
        lost_reason=np.where(won, None, np.where(cheap, "price", np.where(late, "time", "need"))),
    )
    return {"opportunities": frame}


def quarters(scene: Scene) -> Tables:
    """Draw deals won in the first quarter, more of them in its last month."""
    months = [shift(MARCH, -2), shift(MARCH, -1), MARCH, MARCH]
    frames = []
    for month in months:
        rows = scene.rows(scene.size / 4)
        closed = rows.within(month)
        frames.append(
            rows.frame(
                "opportunity_id",
                created_on=closed - np.timedelta64(40, "D"),
                closed_on=closed,
                is_won=True,
                amount=rows.money(),
            )
        )
    return {"opportunities": together("opportunity_id", frames)}
