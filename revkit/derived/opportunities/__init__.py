"""Tables derived from opportunities: sources, attribution, stages and pipeline changes."""
