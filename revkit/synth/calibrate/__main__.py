"""Solve the intercepts of the scenarios that ship and write them to their file."""

from revkit.synth.calibrate.calibration import write_intercepts

write_intercepts()
