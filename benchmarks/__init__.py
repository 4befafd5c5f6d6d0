"""Measurements of the marks; `python3 dev.py bench` prints them as one JSON document."""
