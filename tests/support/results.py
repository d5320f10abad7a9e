"""The values of a metric's result, by its groups and periods."""


def values(metric, data, **how):
    frame = metric(data, **how)
    keys = list(frame.columns[: frame.columns.get_loc("value")])
    return frame.set_index(keys)["value"] if keys else frame["value"]
