"""What happens after the last day is one more of the futures, and nothing known is undone."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from revkit.synth import generate
from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Streams
from revkit.synth.scenario.model import Effect
from revkit.synth.simulate.deal_history import history
from revkit.synth.simulate.deals import EXPANSION, NEW, RENEWAL
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated, simulate
from revkit.synth.simulate.world import AHEAD, DAY, World
from revkit.synth.truth.futures import Futures, forks, next_quarter
from revkit.synth.truth.outlook import won_by_kind

GROUPS = 80
FORKS = 150


def futures(world: World, chunk: int = 0) -> Futures:
    return Futures(world, Roster(world), chunk)


@pytest.fixture(scope="module")
def large() -> Futures:
    return futures(generate(accounts=12_000, months=24, seed=13).world)


@pytest.fixture(scope="module")
def small() -> Futures:
    return futures(generate(accounts=600, months=12, seed=3).world)


def booked(large: Futures, kind: int):
    """What customers buy, as account and amount of each continuation, and which agree."""
    amounts, pool = large.customers
    who = np.flatnonzero(large.known_customers.first >= 0)
    return np.repeat(who, pool.weights.shape[1]), amounts[:, kind], pool


def closed(large: Futures):
    """What deals for a first purchase bring that are open."""
    deals, pool = large.deals
    return deals.account, won_by_deal(large.world, deals), pool


def opened(large: Futures):
    """How many leads on their way become a deal."""
    leads, pool = large.leads
    last = int(large.world.month_starts[-1]) * DAY
    return leads.account, (leads.opportunity < last).astype(np.int64), pool


def won_by_deal(world: World, deals):
    here = deals.won & (deals.closes >= world.end) & (deals.closes < world.month_starts[-1])
    return np.where(here, deals.amount, 0)


QUANTITIES = {
    "expansion": lambda large: booked(large, EXPANSION),
    "renewal": lambda large: booked(large, RENEWAL),
    "open deals": closed,
    "leads": opened,
}


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_what_happens_is_one_more_future(large: Futures, quantity: str) -> None:
    """Its rank among the futures of a group of accounts is uniform, the futures unbiased.

    Accounts share no draw, so each group of them is a company of its own.
    """
    account, value, pool = QUANTITIES[quantity](large)
    group, rng = account % GROUPS, np.random.default_rng(0)
    own = np.bincount(group.reshape(pool.weights.shape)[:, 0],
                      value.reshape(pool.weights.shape)[:, 0], GROUPS)  # fmt: skip
    picks = [pool.pick(rng.random(len(pool.weights))) for _ in range(FORKS)]
    drawn = np.array([np.bincount(group[p], value[p], GROUPS) for p in picks])

    ties = rng.random(GROUPS) * ((drawn == own).sum(axis=0) + 1)
    rank = ((drawn < own).sum(axis=0) + ties) / (FORKS + 1)
    gap, share = own - drawn.mean(axis=0), ((rank > 0.1) & (rank < 0.9)).mean()

    assert stats.kstest(rank, "uniform").pvalue > 0.02
    assert 0.68 < share < 0.92
    assert abs(gap.mean()) < 3 * gap.std() / np.sqrt(GROUPS)
    assert abs(own.sum() - drawn.sum(axis=1).mean()) < 3 * drawn.sum(axis=1).std()


def days_left(world: World, deals):
    return np.log(np.maximum(deals.closes - world.end, 0) + 1)


def test_a_deal_goes_on_from_the_stage_it_is_in(large: Futures) -> None:
    """Whoever sees the stages knows no more than the futures do, of outcomes or of days left."""
    world, first = large.world, large.made.first
    own = first.take(np.flatnonzero(first.closes >= world.end))
    rows = history(world, own, large.roster, large.made.accounts)
    stage = np.zeros(len(own), np.int64)
    stage[rows["deal"]] = rows["stage"]
    found, pool = large.deals
    weights = pool.weights[:, 1:] / pool.weights[:, 1:].sum(axis=1, keepdims=True).clip(1e-300)
    known = pool.weights[:, 1:].any(axis=1)

    for value, happened in (
        (found.won.astype(float), own.won),
        (days_left(world, found), days_left(world, own)),
    ):
        told = (value.reshape(pool.weights.shape)[:, 1:] * weights).sum(axis=1)
        for place in range(4):
            gap = (happened - told)[known & (stage == place)]
            assert len(gap) > 25
            assert abs(gap.mean()) < 3 * gap.std() / np.sqrt(len(gap)), place
    assert known.mean() > 0.97


def test_what_is_known_is_the_same_in_every_future(large: Futures) -> None:
    world, made = large.world, large.made
    cut, rng = world.end * DAY, np.random.default_rng(1)
    deals, pool = large.deals
    taken = deals.take(pool.pick(rng.random(len(pool.weights))))
    own = made.first.take(np.flatnonzero(made.first.closes >= world.end))
    assert (taken.number == own.number).all()
    assert (taken.opened == own.opened).all()
    assert (taken.amount == own.amount).all()
    assert (taken.closes >= world.end).all()
    assert (taken.closes != own.closes).mean() > 0.5

    leads, pool = large.leads
    way = leads.take(pool.pick(rng.random(len(pool.weights))))
    own_leads = leads.take(np.arange(len(pool.weights)) * pool.weights.shape[1])
    for name in ("created", "mql", "sql", "opportunity"):
        then, own_then = getattr(way, name), getattr(own_leads, name)
        assert (np.minimum(then, cut) == np.minimum(own_then, cut)).all(), name

    assert ((way.opportunity < NEVER) | (way.given_up >= cut)).all()

    accounts, sold = large.sold(1)
    assert (accounts.arrival[: len(made.accounts)] == made.accounts.arrival).all()
    assert (accounts.arrival[len(made.accounts) :] >= world.end).all()
    assert (sold.closes >= world.end).all()
    bought = made.first.bought(len(made.accounts)) < world.end
    assert not np.isin(sold.account, np.flatnonzero(bought)).any()
    assert np.isin(own.number, sold.number).all()


def test_customers_go_on_as_they_stand(small: Futures) -> None:
    """What they pay when the future begins is what they pay on the last day."""
    world, rows = small.world, small.made.ledger.rows
    fresh = futures(world).known_customers

    runs = (rows["started"] < world.end) & (rows["ended"] >= world.end) & (rows["line"] == 1)
    mrr = np.zeros(len(small.made.accounts), np.int64)
    mrr[rows["account"][runs]] = (rows["seats"] * rows["price"])[runs]
    stands = np.where(fresh.main.since < world.end, fresh.main.mrr(np.arange(len(mrr))), 0)

    assert (stands > 0).sum() > 60
    assert stands.tolist() == mrr.tolist()


def test_the_rest_of_a_life_is_as_long_as_a_fresh_one(small: Futures) -> None:
    """Of those with a hazard h in a month, 1 - exp(-h) leave, whatever they have been through."""
    book, parts = futures(small.world).known_customers, []
    for fork in range(1, 31):
        other = book.fork(Streams(small.world.seed, 0, fork))
        other.advance(small.months)
        parts += other.risks

    left, hazard = (np.concatenate([part[name] for part in parts]) for name in ("left", "hazard"))
    chance = -np.expm1(-hazard)
    assert abs(left.sum() - chance.sum()) < 3 * np.sqrt((chance * (1 - chance)).sum())


def test_nobody_renews_twice(large: Futures) -> None:
    """Some renew, or say they will not, on a day before the last for a year that begins later."""
    deals, end = large.made.ledger.deals, large.world.end
    closed = (deals.kind == RENEWAL) & (deals.closes < end) & (deals.closes >= end - 150)
    who, amount, pool = booked(large, RENEWAL)
    picks = pool.pick(np.random.default_rng(2).random(len(pool.weights)))

    again = np.isin(who[picks], deals.account[closed])

    assert again.sum() > 300
    assert (amount[picks][again] > 0).sum() == 0


def test_a_future_follows_from_its_number(small: Futures) -> None:
    again = futures(small.world)

    assert again.bookings(2).tolist() == small.bookings(2).tolist()
    assert again.bookings(1).tolist() != small.bookings(2).tolist()
    assert again.bookings(1).tolist() == small.bookings(1).tolist()


def test_bookings_add_up_over_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("revkit.synth.simulate.world.CHUNK", 150)
    monkeypatch.setattr("revkit.synth.truth.outlook.CONTINUATIONS", 5)
    monkeypatch.setattr("revkit.synth.truth.futures.CONTINUATIONS", 5)
    monkeypatch.setattr("revkit.synth.truth.futures.FEWEST_FUTURES", 5)
    world = generate(accounts=300, months=6).world

    parts = [[futures(world, chunk).bookings(fork) for fork in forks(world)] for chunk in (0, 1)]

    found = next_quarter(world)
    totals = np.sum(parts, axis=0)
    assert (found["futures"], len(world.chunks)) == (5, 2)
    assert found["mean_cents"] == round(totals.sum(axis=1).mean())
    assert found["renewal"]["mean_cents"] == round(totals[:, RENEWAL].mean())
    assert found["new"]["p50_cents"] == round(np.median(totals[:, NEW]))
    assert (np.array(parts[0]) != np.array(parts[1])).any()


def test_what_begins_after_the_last_day_changes_the_futures_alone(small: Futures) -> None:
    world = small.world
    rival = Effect("rival", "win", "odds_x", 0.2, (world.months,))
    other = futures(replace(world, scenario=replace(world.scenario, effects=(rival,))))
    for name in ("account", "opened", "amount", "closes", "won"):
        then = [getattr(each.made.ledger.deals, name) for each in (small, other)]
        assert then[0].tolist() == then[1].tolist(), name

    before, after = (
        np.mean([each.bookings(fork) for fork in range(1, 41)], axis=0) for each in (small, other)
    )

    assert after[NEW] < 0.9 * before[NEW]
    assert after[RENEWAL] == before[RENEWAL]


def up_for_renewal(world: World, made: Simulated) -> int:
    """A year of the contracts whose term ends in the quarter after the last day."""
    rows = made.ledger.rows
    runs = (rows["started"] < world.end) & (rows["ended"] >= world.end)
    runs &= (rows["term"] >= world.end) & (rows["term"] < world.month_starts[-1])
    return int(12 * (rows["seats"] * rows["price"])[runs].sum())


def test_business_keeps_its_pace(large: Futures) -> None:
    """As in a company shown for three months more, with as many more accounts as turn up then."""
    world = large.world
    later = replace(world, months=world.months + AHEAD)
    pull = later.arrival_weight(np.arange(later.first, later.end))
    more = pull.sum() / pull[: world.end - world.first].sum()
    later = replace(later, accounts=round(more * world.accounts))
    made = simulate(later, Roster(later), 0)
    new, last = made.first, later.end

    sold = [large.sold(fork) for fork in range(1, 21)]

    deals = np.mean([(deals.closes < last).sum() for _, deals in sold])
    won = np.mean([((deals.closes < last) & deals.won).sum() for _, deals in sold])
    closed = (new.closes >= world.end) & (new.closes < last)
    assert deals == pytest.approx(closed.sum(), rel=0.08)
    assert won == pytest.approx((closed & new.won).sum(), rel=0.15)
    renewed = np.mean([large.bookings(fork)[RENEWAL] for fork in range(1, 6)])
    actual = won_by_kind(world, made.ledger.deals, later.accounts)[:, RENEWAL].sum()
    due = [up_for_renewal(world, each) for each in (large.made, made)]
    assert renewed / due[0] == pytest.approx(actual / due[1], rel=0.2)
    came = np.mean([len(accounts) - world.accounts for accounts, _ in sold])
    assert came == pytest.approx(later.accounts - world.accounts, rel=0.04)
    health = np.concatenate([accounts.health[world.accounts :] for accounts, _ in sold])
    assert len(np.unique(health)) == len(health)
    assert abs(health.mean()) < 4 / np.sqrt(len(health))
