"""The page's example of a cluster makes the company that one machine makes."""

import re
from pathlib import Path

from revkit.synth.kernel.arrow import COLUMNS
from revkit.synth.write.checksums import of_folder, of_tables

PAGE = Path(__file__).parents[2] / "docs" / "companies.md"


def test_chunks_made_by_spark_are_the_company(spark, tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    code = next(block for block in blocks if "mapInPandas" in block)
    # as in a script: what it defines travels to Spark's own processes by value
    words = {"__name__": "__main__", "spark": spark, "folder": str(tmp_path)}

    exec(code, words)

    company = words["company"]
    assert len(company.world.chunks) == 2
    assert len(list((tmp_path / "leads").iterdir())) == 2
    assert of_folder(tmp_path) == company.content
    with_spark = spark.read.parquet(str(tmp_path / "subscriptions")).toArrow()
    assert (
        of_tables({"subscriptions": with_spark})["subscriptions"]
        == (company.content["subscriptions"])
    )
    assert {path.name for path in tmp_path.iterdir()} == {*COLUMNS}
