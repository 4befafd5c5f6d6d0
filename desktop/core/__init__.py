"""Foundations without any domain: errors, clock, ids, formats, translation, secrets, logs, paths."""
