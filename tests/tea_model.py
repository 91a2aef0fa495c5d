"""What the pretended model of the hand-written simulation answers."""

WOMEN, MEN = (0.6, 0.3, 0.1), (0.2, 0.2, 0.6)
"""Chances of Yes, No and Sometimes."""
