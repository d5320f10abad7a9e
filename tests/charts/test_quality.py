"""The chart of a check draws the share of rows of each finding."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from revkit import charts
from revkit.charts import theme
from revkit.errors import ParameterError


@pytest.fixture(autouse=True)
def _agg():
    mpl.use("agg")
    yield
    plt.close("all")


def findings(*rows) -> pd.DataFrame:
    columns = ["table", "what", "bad", "rows", "severity"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(share=frame["bad"] / frame["rows"])


def test_bars_are_shares_of_rows_the_largest_on_top_coloured_by_severity():
    ax = charts.data_quality(
        findings(
            ("leads", "without an owner", 5, 100, "minor"),
            ("accounts", "country in a spelling that differs: 'GERMANY'", 30, 100, "serious"),
            ("spend", "exactly 1,000 rows", 0, 1000, "note"),
            ("invoices", "money in two currencies", 80, 80, "refused"),
        )
    )

    assert [bar.get_width() for bar in ax.patches] == [0.05, 0.3]
    assert [to_hex(bar.get_facecolor()) for bar in ax.patches] == [theme.BLUE, theme.ORANGE]
    labels = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert labels == [
        "leads: without an owner", "accounts: country in a spelling that differs",
    ]  # fmt: skip
    assert [text.get_text() for text in ax.texts] == ["5 of 100, minor", "30 of 100, serious"]


def test_without_findings_nothing_is_drawn():
    assert not charts.data_quality(findings()).patches


def test_another_table_is_refused():
    with pytest.raises(ParameterError, match=r"rk\.check"):
        charts.data_quality(pd.DataFrame({"value": [1.0]}))
