"""The same tables as frames, files and tables of an engine, which are checked alike."""

import ibis

import revkit as rk

WAYS = ("frames", "csv", "parquet", "engine")


def opened(how, folder, tables, **options):
    """Return a company of some frames, opened in one of the ways."""
    match how:
        case "frames":
            return rk.Dataset(**tables, **options)
        case "engine":
            backend = ibis.duckdb.connect()
            held = {
                name: backend.create_table(name, typed(frame)) for name, frame in tables.items()
            }
            return rk.Dataset(**held, **options)
    for name, frame in tables.items():
        if how == "csv":
            frame.to_csv(folder / f"{name}.csv", index=False)
        else:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    return rk.load(folder, **options)


def typed(frame):
    """Return a frame whose empty columns hold days, since no engine has a column of no type."""
    empty = [n for n in frame.columns if frame[n].isna().all() and frame[n].dtype != "boolean"]
    return frame.assign(**{name: frame[name].astype("datetime64[us]") for name in empty})
