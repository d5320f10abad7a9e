"""Generator of companies whose causes are known; the same seed makes the same company."""

from revkit.synth.company import Company, generate
from revkit.synth.scenario.load import scenarios
from revkit.synth.scenario.model import Scenario
from revkit.synth.truth.truth import Truth
from revkit.synth.write.writing import Written

__all__ = ["Company", "Scenario", "Truth", "Written", "generate", "scenarios"]
