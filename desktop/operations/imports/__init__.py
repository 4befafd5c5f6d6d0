"""Bringing in foreign dispatch logs: mapping, preview, import with progress, rejected rows with reasons, undo."""
