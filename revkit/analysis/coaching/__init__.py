"""Coaching: each rep beside peers with like deals, where deals are lost, and what to practise."""
