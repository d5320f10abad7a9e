"""Drop-downs and sliders in a notebook: a metric by dimension and period, and a plan's levers."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.analysis.defaults import answers, dimensions
from revkit.analysis.plans.plan import plan
from revkit.analysis.plans.result import Plan
from revkit.analysis.plans.wording import LEVER_TITLES
from revkit.analysis.writing.formatting import groups, title_of
from revkit.analysis.writing.frames.headings import dimension_name
from revkit.analysis.writing.frames.tables import table
from revkit.catalogue import find, known
from revkit.dataset.argument import company
from revkit.errors import RevkitError
from revkit.language import Language, language, message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

FIRST = ("win_rate", "mrr", "leads")
"""Metrics to begin with, the first that the company's tables suffice for."""

PERIODS = (message("month"), message("quarter"), message("year"))


@dataclass(frozen=True)
class Explorer:
    """The widgets of :func:`explore`; without a widget front end, its table or error alone."""

    metric: Any
    by: Any
    period: Any
    code: Any
    output: Any

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        from ipywidgets import VBox

        box = VBox([self.metric, self.by, self.period, self.code, self.output])
        return {**box._repr_mimebundle_(), **self.output.outputs[-1]["data"]}


def explore(
    data: Dataset, metric: str | None = None, *, by: str | None = None, period: str = "month"
) -> Explorer:
    """Show a metric as chart, table and code, with drop-downs to choose another.

    It begins with the metric, dimension and period given: month, quarter or year; with the win rate
    when no metric is, or with MRR where there are no deals. Up to six groups are drawn over time,
    more of them in the last complete period.

    Raises
    ------
    FormulaError, TableError, ColumnError, DimensionError, ParameterError
        When an argument is not valid. Later choices without a result show the reason instead.

    Examples
    --------
    >>> explore(example("deals"), by="segment").code.value
    'rk.metrics.win_rate(data, by="segment", period="month")'
    """
    from ipywidgets import Dropdown, Output, Textarea

    company(data, "rk.explore")
    if by is not None:
        check.text(by, "by", "rk.explore", example="segment")
    check.choice(period, "period", "rk.explore", known=PERIODS)
    if metric is None:
        metric = next((name for name in (*FIRST, *known()) if answers(data, name)), FIRST[0])
    find(metric).plan(data, {"by": by, "period": period}).prepare()
    words = language()

    def reached(name: str) -> list[tuple[str, str | None]]:
        found = [(dimension_name(one, words), one) for one in dimensions(data, name, by)]
        return [(words.gettext("none"), None), *found]

    offered = reached(metric)
    titles = [
        (title_of(made, words), name) for name, made in known().items() if answers(data, name)
    ]
    periods = [(words.gettext(name), name) for name in PERIODS]
    shown = Explorer(
        Dropdown(options=sorted(titles), value=metric, description=words.gettext("Metric")),
        Dropdown(  # by its place: a value of None would show no choice where it is "none"
            options=offered,
            index=[value for _, value in offered].index(by),
            description=words.gettext("Dimension"),
        ),
        Dropdown(options=periods, value=period, description=words.gettext("Period")),
        Textarea(rows=1, description=words.gettext("Code"), layout={"width": "100%"}),
        Output(),
    )

    def show(_: object = None) -> None:
        asked = {"by": shown.by.value, "period": shown.period.value}
        asked = {name: value for name, value in asked.items() if value}
        written = ", ".join(f'{name}="{value}"' for name, value in asked.items())
        shown.code.value = f"rk.metrics.{shown.metric.value}(data, {written})"
        shown.output.outputs = _outputs(data, shown.metric.value, asked, words)

    def show_metric(_: object) -> None:
        kept, options = shown.by.value, reached(shown.metric.value)
        shown.by.unobserve(show, "value")  # else it would compute what nobody has chosen
        shown.by.options = options
        shown.by.value = kept if kept in dict(options).values() else None
        shown.by.observe(show, "value")
        show()

    shown.metric.observe(show_metric, "value")
    shown.by.observe(show, "value")
    shown.period.observe(show, "value")
    show()
    return shown


@dataclass(frozen=True)
class WhatIf:
    """The sliders of :func:`what_if`; without a widget front end, the plan's picture and table."""

    levers: dict[str, Any]
    code: Any
    output: Any

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        from ipywidgets import VBox

        box = VBox([*self.levers.values(), self.code, self.output])
        picture, table = (one["data"] for one in self.output.outputs)
        text = f"{picture['text/plain']}\n{table['text/plain']}"
        html = f"{picture['text/html']}{table['text/html']}"
        return {**box._repr_mimebundle_(), "text/plain": text, "text/html": html}


def what_if(
    data: Dataset | Plan,
    target: float | None = None,
    by: Any = None,
    *,
    language: str | None = None,
) -> WhatIf:
    """Show a plan with sliders for its levers: what they do to ARR and to the target's probability.

    Parameters
    ----------
    data
        The company, or a plan of it.
    target, by, language
        As of :func:`revkit.plan`; ignored for a plan, which has its own.

    Raises
    ------
    TableError, ColumnError, ParameterError
        As :func:`revkit.plan` does.

    Examples
    --------
    >>> what_if(example("retention"), 200_000).code.value
    'plan.scenario()'
    """
    from ipywidgets import FloatSlider, IntSlider, Output, Textarea

    made = data if isinstance(data, Plan) else plan(
        company(data, "rk.what_if"), target, by, language=language
    )  # fmt: skip
    words, wide = made.words, {"description_width": "16em"}
    known = set(made.levers["lever"])
    levers: dict[str, Any] = {
        name: FloatSlider(
            value=1.0, min=0.5, max=1.5, step=0.05, continuous_update=False, style=wide,
            description=words.gettext(title), layout={"width": "32em"},
        )
        for name, title in LEVER_TITLES.items()
        if name in known and name not in ("contraction", "reps")
    }  # fmt: skip
    if made.course.team is not None:
        levers["hires"] = IntSlider(
            value=0, min=0, max=20, continuous_update=False, style=wide,
            description=words.gettext("reps hired now"), layout={"width": "32em"},
        )  # fmt: skip
    code = Textarea(rows=1, description=words.gettext("Code"), layout={"width": "100%"})
    shown = WhatIf(levers, code, Output())

    def show(_: object = None) -> None:
        moved = {name: one.value for name, one in levers.items()}
        moved = {name: value for name, value in moved.items() if value != usual[name]}
        written = ", ".join(f"{name}={value:g}" for name, value in moved.items())
        shown.code.value = f"plan.scenario({written})"
        shown.output.outputs = _scenario(made, moved, words)

    usual = {name: one.value for name, one in levers.items()}
    for one in levers.values():
        one.observe(show, "value")
    show()
    return shown


def _scenario(made: Plan, moved: dict[str, Any], words: Language) -> tuple[dict[str, Any], ...]:
    """Return the picture and the table of a plan with some levers moved, as a cell's outputs."""
    from matplotlib.figure import Figure

    from revkit import charts

    figure, scenario = Figure(), made.scenario(**moved)
    charts.plan(scenario, ax=figure.subplots())
    name = words.gettext("as the sliders stand")
    written = table(made.compare({name: moved} if moved else {}), language=words.code)
    said = scenario.aim
    picture = {
        "text/plain": str(said), "image/png": _png(figure),
        "text/html": f'<p>{escape(said)}</p><img alt="{escape(said)}" '
                     f'src="data:image/png;base64,{_png(figure)}">',
    }  # fmt: skip
    told = {"text/plain": str(written), "text/html": written._repr_html_()}
    return tuple(
        {"output_type": "display_data", "data": one, "metadata": {}} for one in (picture, told)
    )


def _png(figure: Any) -> str:
    """Return a figure as PNG in base64."""
    figure.savefig(file := BytesIO(), format="png", bbox_inches="tight")
    return b64encode(file.getvalue()).decode()


def _outputs(
    data: Dataset, metric: str, asked: dict[str, str], words: Language
) -> tuple[dict[str, Any], ...]:
    """Return chart and table of a call, or the sentence of its error, as a cell's outputs."""
    try:
        result = find(metric)(data, **asked)
        written = table(result, language=words.code)
        bundles = [{"text/plain": str(written), "text/html": written._repr_html_()}]
        if len(groups(result)) < 2 and result["value"].notna().any():
            bundles.insert(0, {"text/plain": metric, "image/png": _chart(result, words)})
    except RevkitError as error:
        bundles = [{"text/plain": str(error), "text/html": f"<p>{escape(str(error))}</p>"}]
    return tuple({"output_type": "display_data", "data": one, "metadata": {}} for one in bundles)


def _chart(result: Any, words: Language) -> str:
    """Return a result's chart as PNG in base64: over time, or by group where there are many."""
    from matplotlib.figure import Figure

    from revkit import charts
    from revkit.charts.theme import SERIES

    figure, by = Figure(), groups(result)
    many = bool(by) and result[by[0]].nunique() > len(SERIES)
    draw: Any = charts.by_group if many else charts.over_time
    draw(result, ax=figure.subplots(), language=words.code)
    return _png(figure)
