"""The shift: who is on it, and how it passes to the next with two signatures."""
