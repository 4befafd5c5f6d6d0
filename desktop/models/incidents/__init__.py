"""Calls, incidents, dispatch: the main job of the command centre."""
