"""Scheduled work: backups, reminders, housekeeping. It knows no widget."""
