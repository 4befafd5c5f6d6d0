"""Neighbours on the local network: every station answers as a hub, and exchanges with a few others, with no server."""
