"""The request for a report, checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit.analysis.writing.frames import raw
from revkit.dataset.engines.query_errors import QueryErrors
from revkit.dataset.engines.remembered import Remembered
from revkit.errors import (
    DimensionError,
    ParameterError,
    PeriodError,
    ReportError,
    RevkitError,
)
from revkit.language import in_language, language, message
from revkit.periods import day
from revkit.report.alerts.rules import Rule, read_rules
from revkit.report.alerts.send import check_receivers
from revkit.report.availability import prune
from revkit.report.brand import Brand, read_brand
from revkit.report.edition import of_report
from revkit.report.formats import pdf
from revkit.report.freshness import Stale, stale
from revkit.report.notebooks import chosen
from revkit.report.overview.headlines import PERIOD_NAMES
from revkit.report.parameters import Parameter, check, parameters_of
from revkit.report.rehearsal import rehearse
from revkit.report.run import TIMEOUT, read, sentence
from revkit.sources import aliases
from revkit.sources.profiles import database_address
from revkit.sources.shared import AlreadyRead

if TYPE_CHECKING:
    from revkit.dataset import Dataset

FORMATS = ("html", "pdf", "xlsx", "pptx")
"""The pages, which are always made, and files beside them."""

DERIVED_DIMENSIONS = ("cohort", "tenure")


@dataclass(frozen=True)
class Order:
    """A request for a report, as the command line gives it.

    Parameters
    ----------
    data
        Folder or ``.duckdb`` file with the company's tables, address or profile of a database.
    mapping
        A mapping's YAML file, or None.
    notebooks
        Names, files or folders; empty for all the kit's own.
    settings
        Parameter to text.
    where
        Dimension to a value or several.
    as_of
        The day at whose end the company is known; None for the data's own.
    language
        "en" or "it"; None for the default one. Notebooks with a parameter ``language`` get it.
    timeout
        Seconds that each notebook may take.
    force
        Whether to write beside files that revkit did not write. They are left as they are.
    fresh
        Days that the data may end before ``as_of``; None for any number.
    set_aside
        Rules whose rows are counted nowhere instead of refused, as ``table.rule``.
    currency
        Currency of the company's money, such as EUR; None for that of the mapping or the rows.
    alerts
        A YAML file of rules, or "default"; None for no alerts.
    formats
        "html", "pdf" for one file with all pages, "xlsx" for their tables, "pptx" for their charts.
    jobs
        How many notebooks run at a time.
    brand
        A YAML file with the name, the logo and the colours of the pages; None for revkit's.
    """

    data: str
    mapping: str | None = None
    notebooks: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str | list[str]] = field(default_factory=dict)
    as_of: str | None = None
    language: str | None = None
    timeout: float = TIMEOUT
    force: bool = False
    fresh: int | None = None
    set_aside: Sequence[str] = ()
    currency: str | None = None
    alerts: str | None = None
    formats: Sequence[str] = ("html",)
    jobs: int = 1
    brand: str | None = None


@dataclass(frozen=True)
class Job:
    """One notebook and the values it is run with."""

    name: str
    file: Path
    notebook: Any
    parameters: Mapping[str, Any]

    @property
    def page(self) -> str:
        """The file name of its page."""
        return f"{self.name}.html"

    @property
    def short(self) -> str:
        """The name of its page in the navigation: that of 01_funnel is Funnel."""
        name = self.name.lstrip("0123456789_").replace("_", " ").capitalize() or self.name
        return language().gettext(name) if name in CHAPTERS else name


CHAPTERS = (
    message("Tour"), message("Funnel"), message("Churn"), message("Upsell"), message("Forecast"),
    message("Unit economics"), message("Definitions"),
)  # fmt: skip
"""Names of the kit's own pages."""


@dataclass(frozen=True)
class ReportPlan:
    """A checked report: the company, its summary, a job for each notebook.

    ``places`` are what notebooks' names for data and mapping stand for, by parameter. ``loaded`` is
    the company before it is narrowed by the filter. ``stale`` are the tables that end too early for
    the order, ``rules`` those of its alerts, ``brand`` whose pages they are.
    """

    order: Order
    data: Dataset
    shown: str
    jobs: tuple[Job, ...]
    places: Mapping[str, Mapping[str, str]]
    loaded: Dataset
    stale: tuple[Stale, ...] = ()
    rules: tuple[Rule, ...] = ()
    brand: Brand = field(default_factory=Brand)

    def setting(self, name: str) -> Any:
        """Return the value of a parameter in the first notebook that takes it."""
        return next((job.parameters[name] for job in self.jobs if name in job.parameters), None)

    @property
    def period(self) -> str:
        """The period of the first page's numbers."""
        return self.setting("period") or "month"

    @property
    def read(self) -> AlreadyRead:
        """The company as notebooks load it, for kernels that need not read it again."""
        mapping = self.order.mapping and aliases.of_mapping(self.order.mapping)
        asked = (self.company, mapping, self.order.as_of, "default", None, (), ())
        return AlreadyRead(self.loaded, asked, aliases.environment(self.places)[aliases.VARIABLE])

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables for the kernels: what names stand for, and what the files beside pages need."""
        asked = {"xlsx": raw.WANTED, "pptx": raw.SHARP}
        wanted = {asked[name]: "1" for name in self.order.formats if name in asked}
        return {**aliases.environment(self.places), **wanted}

    def without_secrets(self, text: str) -> str:
        """Return the message of a driver without the secrets of the database's address."""
        address = database_address(self.order.data)
        return text if address is None else address.without_secrets(text)

    @property
    def company(self) -> str:
        """The name of the data."""
        return aliases.of_data(self.order.data)

    @property
    def title(self) -> str:
        """The title of the report, with the name of the data but never its path."""
        return language().gettext("Revenue report: {company}", company=Path(self.company).stem)

    @property
    def about(self) -> Mapping[str, str]:
        """The settings that two reports must share for their numbers to be compared."""
        asked = {name: self.setting(name) for name in ("start", "end")}
        return {
            "period": self.period,
            "where": repr(sorted(self.order.where.items())),
            "policy": repr(self.data.policy),
            "currency": str(self.data.currency),
            **{name: str(value or "") for name, value in asked.items()},
        }

    @property
    def facts(self) -> tuple[str, ...]:
        """The lines at the head of every page: company, date, mapping, period, filters."""
        return self.facts_of_all("")

    def facts_of_all(self, dimension: str) -> tuple[str, ...]:
        """Return the lines at the head of a page on all values of a dimension."""
        as_of = self.data.as_of
        words = language()
        facts = [Path(self.company).stem, words.gettext("as of {day}", day=words.day(as_of))]
        if self.order.mapping:
            file = Path(self.order.mapping).name
            facts.append(words.gettext("read with {file}", file=file))
        if "period" in self.order.settings:
            period = self.setting("period")
            facts.append(
                words.gettext("by {period}", period=words.gettext(PERIOD_NAMES[period]))
                if period
                else words.gettext("by the whole range")
            )
        if start := self.setting("start"):
            facts.append(words.gettext("from {day}", day=start))
        if end := self.setting("end"):
            facts.append(words.gettext("before {day}", day=end))
        for name, value in self.order.where.items():
            if name == dimension:
                continue
            values = [value] if isinstance(value, str) else value
            facts.append(
                words.gettext(
                    "only {dimension} {values}",
                    dimension=name,
                    values=words.alternatives(values),
                )
            )
        return tuple(facts)


def plan(order: Order, loaded: Dataset | None = None) -> ReportPlan:
    """Check an order against its notebooks and its company.

    Parameters
    ----------
    loaded
        The company, where it was read already for another order that differs in its filter alone.

    Raises
    ------
    RevkitError
        When a notebook, a parameter, a date, a filter or the data is not what it must be.
    """
    with in_language(order.language):
        return _plan(order, loaded)


def _plan(order: Order, loaded: Dataset | None) -> ReportPlan:
    from revkit.sources import load

    _check_formats(order.formats)
    brand = read_brand(order.brand)
    files = chosen(order.notebooks)
    notebooks = {name: of_report(read(file)) for name, file in files.items()}
    takes = {name: parameters_of(notebook, name) for name, notebook in notebooks.items()}
    values = check(order.settings, takes)
    if order.as_of is not None:
        day(order.as_of, name="as_of")
    rules = () if order.alerts is None else tuple(read_rules(order.alerts))
    check_receivers(rules)
    alias = aliases.of_data(order.data)
    file = None if order.mapping is None else aliases.of_mapping(order.mapping)
    places = {
        "data": {alias: aliases.place_of_data(order.data)},
        "mapping": {} if file is None else {file: aliases.place_of_mapping(order.mapping or "")},
        "set_aside": {alias: " ".join(order.set_aside)},
        "currency": {} if order.currency is None else {alias: order.currency},
    }
    asked = {
        "data": alias,
        "mapping": file,
        "where": dict(order.where) or None,
        "as_of": order.as_of,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    own = {"language": order.language} if order.language else {}
    jobs = [
        Job(
            name,
            files[name],
            notebooks[name],
            _merged(
                name, takes[name], given | (own if "language" in takes[name] else {}), values[name]
            ),
        )
        for name in files
    ]
    for job in jobs:
        _ordered(job.parameters)

    try:
        with aliases.known(places):
            whole = loaded or load(alias, mapping=file, as_of=order.as_of, currency=order.currency)
        if isinstance(whole.backend, QueryErrors):  # the pages are of one moment
            whole.backend.remembered = whole.backend.remembered or Remembered()
        late = () if order.fresh is None else stale(whole, order.fresh)
        data = whole.where(order.where) if order.where else whole
        for job in jobs:
            _reached(job.parameters.get("by"), data)
            own_values = {name: declared.default for name, declared in takes[job.name].items()}
            needed, _ = prune(job.notebook, data)
            rehearse(needed, job.parameters, values[job.name], own_values, data)
        shown = data._repr_html_()  # reads every table, so a wrong value is refused here
    except RevkitError:
        raise
    except Exception as error:  # of a driver, whose database stopped
        said = sentence(error)
        address = database_address(order.data)
        said = said if address is None else address.without_secrets(said)
        raise ReportError.not_read(alias, problem=said) from error
    return ReportPlan(order, data, shown, tuple(jobs), places, whole, late, rules, brand)


def _check_formats(formats: Sequence[str]) -> None:
    for name in formats:
        if name not in FORMATS:
            raise ParameterError.no_format(name, known=FORMATS)
    if "pdf" in formats:
        pdf.check()


def _merged(
    name: str, takes: Mapping[str, Parameter], given: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    for parameter in given:
        if parameter not in takes:
            raise ParameterError.not_taken(parameter, notebooks=[name], known=takes)
    own = {parameter: declared.default for parameter, declared in takes.items()}
    return {**own, **given, **values}


def _ordered(parameters: Mapping[str, Any]) -> None:
    start, end = parameters.get("start"), parameters.get("end")
    if start and end and day(start, name="start") >= day(end, name="end"):
        raise PeriodError.backwards(start, end)


def _reached(by: str | list[str] | None, data: Dataset) -> None:
    """Refuse a dimension that no table of the company reaches."""
    from revkit.dimensions import find, reachable

    for dimension in [by] if isinstance(by, str) else by or []:
        if dimension in DERIVED_DIMENSIONS:
            continue
        for table in data.tables:
            try:
                if find(dimension, table, data.specs) is not None:
                    break
            except DimensionError:  # two ways from this table: it is reached all the same
                break
        else:
            names = {name for table in data.tables for name in reachable(table, data.specs)}
            plain = sorted(name for name in names if "." not in name)
            raise DimensionError.unknown(dimension, table="this company", reachable=plain)
