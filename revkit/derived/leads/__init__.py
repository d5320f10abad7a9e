"""Tables derived from leads: new leads, first touches, responses, stages and outcomes."""
