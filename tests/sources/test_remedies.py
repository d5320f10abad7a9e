"""What is advised where the mapping has the usual advice already."""

import pytest

from revkit.errors import DataError
from revkit.sources import load

EVENING = (
    "Id,AccountId,OwnerId,Amount,StageName,CloseDate,CreatedDate,IsClosed,IsWon,IsDeleted,"
    "Probability,CurrencyIsoCode\n"
    "6,1,5,100,Closed Won,2025-01-05,2025-01-06T02:00:00.000Z,true,true,false,100,EUR\n"
)


@pytest.fixture
def deals(tmp_path):
    """Load a file of deals, with the settings of their columns and of the mapping."""

    def read(rows, above="", **columns):
        (tmp_path / "d.csv").write_text(f"id,c,z,w,p\n{rows}\n")
        named = {"opportunity_id": "id", "created_on": "c", "closed_on": "z", "is_won": "w"}
        named |= columns
        lines = "".join(f"      {name}: {how}\n" for name, how in named.items())
        (tmp_path / "our.yaml").write_text(
            f"{above}\ntables:\n  opportunities:\n    source: d\n    columns:\n{lines}"
        )
        return load(tmp_path, mapping=tmp_path / "our.yaml").table("opportunities")

    return read


def test_a_vendors_deal_of_an_evening_is_refused_with_the_line_that_reads_it(tmp_path):
    (tmp_path / "Opportunity.csv").write_text(EVENING)
    with pytest.raises(
        DataError,
        match=r"created_on is after closed_on.*one day apart.*CreatedDate.* day in UTC.*: "
        r"zone: America/New_York, in a YAML file that begins with vendor: salesforce",
    ):
        load(tmp_path, mapping="salesforce").table("opportunities")

    (tmp_path / "our.yaml").write_text("vendor: salesforce\nzone: America/New_York\n")
    data = load(tmp_path, mapping=tmp_path / "our.yaml")

    assert data.opportunities.created_on.to_pyarrow().to_pylist()[0].day == 5


@pytest.mark.parametrize(
    ("row", "above", "columns", "match"),
    [
        ("1,2025-01-06T02:00:00Z,2025-01-05,true,", "zone: UTC", {},
         r"c or z is a moment.* in UTC, .*: zone: America/New_York\. Else"),
        ("1,1736128800,2025-01-05,true,", "", {"created_on": "{from: c, epoch: s}"},
         r"c is a moment.*: created_on: \{from: c, epoch: s, zone: America/New_York\}\. Else"),
        ("1,2025-01-06T02:00:00Z,2025-01-05,true,", "", {"created_on": "{from: c, zone: UTC}"},
         r"c is a moment.*: created_on: \{from: c, zone: America/New_York\}\. Else"),
        ("1,2025-01-06,2025-01-05,true,", "", {}, r"closed_on=2025-01-05\. Swap or correct them"),
        ("1,2025-01-05,2025-01-05,true,150", "", {"probability": "{from: p, percent: true}"},
         r"reads p with percent: true already, so that 150 is 1\.5\. Correct what is .* Or count"),
        ("1,2025-01-05,2025-01-05,true,150", "", {"probability": "{from: p, scale: 0.1}"},
         r"reads p with scale: 0\.1\. Correct the scale"),
        ("1,2025-01-05,2025-01-05,true,150", "", {"probability": "p"}, r"\{.*percent: true\}"),
    ],
)  # fmt: skip
def test_no_line_is_advised_that_the_mapping_has(deals, row, above, columns, match):
    with pytest.raises(DataError, match=match) as refusal:
        deals(row, above, **columns)

    assert "percent: true}" not in str(refusal.value) or columns == {"probability": "p"}
