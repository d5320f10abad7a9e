"""What is asked of a company: rates, effects, decoys and questions, read from YAML and checked."""
