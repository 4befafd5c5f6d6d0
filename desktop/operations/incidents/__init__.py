"""The command centre's main job: what can be done with calls, incidents, units and shifts, and what is shown."""
