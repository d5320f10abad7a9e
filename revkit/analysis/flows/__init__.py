"""What comes in, moves and goes out: movements of revenue, stages, pipeline and cohorts."""
