"""Companies made of causes: every rate is known, and the same seed makes the same company."""

from revkit.synth.company import Company, generate
from revkit.synth.scenario import Scenario, scenarios
from revkit.synth.truth import Truth
from revkit.synth.writing import Written

__all__ = ["Company", "Scenario", "Truth", "Written", "generate", "scenarios"]
