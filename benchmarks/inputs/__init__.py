"""Mutated inputs: small valid companies with one thing wrong, and what the kit makes of them.

``python -m benchmarks.inputs`` gives each input to a process of its own, bounded in time and
memory, and judges what came out: the right numbers, a refusal in one message, or numbers with a
note. A wrong number without a word, an error from below, a hang and a touched file are failures.
"""
