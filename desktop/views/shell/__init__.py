"""The window around the pages.

A page plugs in by a `PageSpec` (see `desktop/views/pages.py`); the window knows none by name. `window.MainWindow` holds
the rail, the command bar, the status bar, toasts and banners; `torn_off` puts pages on other monitors; `lock` keeps the
board readable while input is stopped; `sign_in`, `unlock` and `first_run` come before the window and import little, so
that the first one is painted at once.
"""
