"""The conversation: who speaks, what they may, what becomes of it, and what is answered."""
