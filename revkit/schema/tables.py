"""The tables of a company: validation, mappings, the generator and replay all read them here."""

from __future__ import annotations

from revkit.schema.columns import TableSchema
from revkit.schema.columns import table as _table

LEAD_STAGES = "lead MQL SAL SQL opportunity customer recycled disqualified"
FORECASTS = "pipeline best_case commit omitted"
MEETINGS = ("meeting", "demo")
"""Kinds of activities that are held, or not, as their outcome says."""

_ALL = (
    _table(
        "accounts",
        "a company, prospect or customer",
        "account_id P, name*, segment*?, industry*?, country*?, region*?, employees*?: count,"
        "channel*?, parent_account_id*? > accounts, rep_id*? > reps, created_on*?,"
        "is_test* = false",
        known_on="created_on",
        dependents={"rep_id.hired_on": "rep_id"},
    ),
    _table(
        "reps",
        "a person who sells or serves",
        "rep_id P, name*, role*?, team*?, region*?, manager_id*? > reps, hired_on?, left_on*?!",
        known_on="hired_on",
        order="hired_on<left_on",
        census=True,
    ),
    _table(
        "rep_history",
        "a rep changes team, manager or role",
        "rep_id P > reps, from_on P, team*?, manager_id*? > reps, role*?",
        known_on="from_on",
        census=True,
    ),
    _table(
        "campaigns",
        "a marketing campaign",
        "campaign_id P, name*, channel, started_on*?, ended_on*?~",
        known_on="started_on",
        order="started_on<ended_on",
    ),
    _table(
        "leads",
        "a person who may buy",
        "lead_id P, account_id*? > accounts, campaign_id*? > campaigns, channel*?,"
        "rep_id*? > reps, name*?, email*?, created_at, opportunity_id*? > opportunities,"
        "disqualified_at*?, disqualified_reason*?",
        known_on="created_at",
        dependents={
            "disqualified_at": "disqualified_reason",
            "opportunity_id.created_on": "opportunity_id",
            "rep_id.hired_on": "rep_id",
        },
        order="created_at<disqualified_at",
    ),
    _table(
        "lead_history",
        "a lead enters a stage",
        "lead_id P > leads, entered_at P, stage, rep_id*? > reps",
        known_on="entered_at",
        words={"stage": LEAD_STAGES},
    ),
    _table(
        "touches",
        "a contact with marketing",
        "touch_id P, lead_id*? > leads, opportunity_id*? > opportunities,"
        "campaign_id > campaigns, touched_at",
        known_on="touched_at",
    ),
    _table(
        "opportunities",
        "a deal",
        "opportunity_id P, account_id*? > accounts, lead_id*? > leads, rep_id*? > reps,"
        "product_id*? > products, campaign_id*? > campaigns, kind* = new, pipeline*? = default,"
        "created_on?, expected_close_on*?~, closed_on?, is_won?, amount?, currency*,"
        "probability*?: share, forecast_category*?, discount*?: share, lost_reason*?, competitor*?",
        known_on="created_on",
        order="created_on<closed_on",
        words={"kind": "new expansion renewal", "forecast_category": FORECASTS},
        dependents={
            "closed_on": "is_won lost_reason competitor",
            "rep_id.hired_on": "rep_id",
        },
        decided={"closed_on": "is_won"},
        valued_on="closed_on created_on",
    ),
    _table(
        "opportunity_history",
        "a deal changes: the full row after the change",
        "opportunity_id P > opportunities, changed_at P, seq*± P: count = 0, stage, amount*?,"
        "expected_close_on*?~, forecast_category*?, rep_id*? > reps",
        known_on="changed_at",
        words={"forecast_category": FORECASTS},
        valued_with="opportunity_id",
    ),
    _table(
        "opportunity_splits",
        "a rep's share of a deal",
        "opportunity_id P > opportunities, rep_id P > reps, share: share",
    ),
    _table(
        "stages",
        "a stage of the sales process",
        "object P, pipeline* P = default, stage P, position±: count, probability*?: share,"
        "is_closed, is_won",
        words={"object": "lead opportunity"},
    ),
    _table(
        "activities",
        "something a rep did",
        "activity_id P, rep_id > reps, kind, direction*?, occurred_at, minutes*?: number,"
        "is_selling, is_automated* = false, outcome*?, lead_id*? > leads,"
        "opportunity_id*? > opportunities, account_id*? > accounts",
        known_on="occurred_at",
        words={
            "kind": "call email meeting demo admin crm training travel other",
            "direction": "in out",
            "outcome": "held no_show cancelled rescheduled …",
        },
    ),
    _table(
        "products",
        "something sold",
        "product_id P, name, family*?, list_price*?: rate",
    ),
    _table(
        "subscriptions",
        "one price period of one line of a contract",
        "subscription_id P, line* P = 1, started_on P, ended_on?!, account_id > accounts,"
        "product_id*? > products, mrr: rate, currency*, quantity*?: number, unit_price*?: rate,"
        "list_unit_price*?: rate, interval* = month, discount*: share = 0, discount_kind*?,"
        "pricing* = per_unit, status* = active, cancel_requested_on*?, term_ends_on*?~,"
        "renewed_from*? > subscriptions, churn_reason*?",
        known_on="started_on",
        dependents={"ended_on": "churn_reason"},
        requested={"ended_on": "cancel_requested_on"},
        words={
            "interval": "day week month quarter year",
            "discount_kind": "forever repeating once",
            "pricing": "per_unit flat usage",
            "status": "active trialing past_due unpaid paused ended",
        },
        order="started_on<ended_on",
    ),
    _table(
        "invoices",
        "a billed line",
        "invoice_line_id P, invoice_id, account_id > accounts, issued_on, due_on*?~, paid_on*?,"
        "amount±, currency*, is_recurring, refunded*: money = 0, service_starts_on*?~,"
        "service_ends_on*?~",
        known_on="issued_on",
        dependents={"paid_on": "refunded"},
        order="service_starts_on<service_ends_on issued_on<due_on issued_on<paid_on",
        valued_on="issued_on",
    ),
    _table(
        "usage",
        "an account in a month",
        "account_id P > accounts, month P, active_users: count, seats*?: count, events: count,"
        "features_used*?: count, daily_active_users*?: number",
        known_on="month",
        census=True,
    ),
    _table(
        "tickets",
        "a support request",
        "ticket_id P, account_id > accounts, opened_at, first_response_at*?, closed_at?,"
        "severity, satisfaction*?: number",
        known_on="opened_at",
        order="opened_at<first_response_at opened_at<closed_at",
        words={"severity": "low normal high urgent"},
        scales={"satisfaction": (1.0, 5.0)},
        dependents={"closed_at": "satisfaction"},
    ),
    _table(
        "spend",
        "money spent",
        "spend_id P, spent_on, function, category*?, motion*?, channel*?,"
        "campaign_id*? > campaigns, amount±, currency*",
        known_on="spent_on",
        words={
            "function": "sales marketing success support product admin cogs",
            "category": "programs people tools commission other",
            "motion": "new expansion renewal other",
        },
        census=True,
        valued_on="spent_on",
    ),
    _table(
        "targets",
        "a quota, plan or submitted forecast",
        "target_id P, kind, rep_id*? > reps, segment*?, starts_on~, ends_on~, submitted_on*?,"
        "measure, amount±",
        known_on="submitted_on starts_on",
        words={"kind": "quota plan commit best_case", "measure": "bookings …"},
        order="starts_on<ends_on",
        census=True,
        valued_on="starts_on",
    ),
    _table(
        "finance",
        "one figure of the accounts",
        "month P, line P, amount±",
        known_on="month",
        words={"line": "revenue cogs opex cash_burn price_index …"},
        census=True,
        valued_on="month",
    ),
    _table(
        "exchange_rates",
        "one rate",
        "on P, from_currency P, to_currency P, rate: number",
        known_on="on",
        census=True,
    ),
    _table(
        "price_survey",
        "an answer to the four price questions",
        "response_id P, segment*?, too_cheap: money, cheap: money, expensive: money,"
        "too_expensive: money",
    ),
    _table(
        "price_tests",
        "a visitor who saw a price",
        "visitor_id P, test P, variant, price: money, seen_at, bought: bool, amount*?",
        known_on="seen_at",
        valued_on="seen_at",
    ),
)

TABLES: dict[str, TableSchema] = {table.name: table for table in _ALL}
