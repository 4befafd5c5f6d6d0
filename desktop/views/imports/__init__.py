"""Bringing in foreign dispatch logs: choose, map, look, import, undo."""
