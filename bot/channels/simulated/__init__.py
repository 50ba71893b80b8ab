"""A town in virtual time: people who forward at once, late, never, cut, or only when asked. Invented, seeded.

It stands for the other channels in most tests, plays the demo, and keeps its own log of what really happened.
"""
