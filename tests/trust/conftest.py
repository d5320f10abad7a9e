"""Companies written to files, with a mapping."""

import pytest

import revkit as rk


@pytest.fixture
def load(tmp_path):
    """Write tables as CSV files with a mapping, and load them."""

    def loaded(*, columns="", table="", as_of="2025-12-31", **tables):
        lines = [f"as_of: {as_of}", "tables:"]
        for name, frame in tables.items():
            frame.to_csv(tmp_path / f"{name}.csv", index=False)
            lines += [f"  {name}:", f"    source: {name}"]
            lines += [f"    {table}"] if table else []
            lines += ["    columns:", f"      {columns}"] if columns else []
        (tmp_path / "mapping.yaml").write_text("\n".join(lines), "utf-8")
        return rk.load(tmp_path, mapping=tmp_path / "mapping.yaml")

    return loaded
