"""Cleaning: the rows of a company mended by the rules of its check, and a log of every change."""

from revkit.quality.cleaning.clean import MENDS as MENDS
from revkit.quality.cleaning.clean import Cleaned as Cleaned
from revkit.quality.cleaning.clean import clean as clean
