"""Realism: figures of generated companies beside the ranges that are known of real ones.

Each scenario states the ranges as goals, with their sources. Printed are, for each figure, the
least, the median and the greatest value over some seeds, and how many of them lie in its range.

    python -m benchmarks.realism [--scenario baseline] [--seeds 10] [--accounts 12000]
"""
