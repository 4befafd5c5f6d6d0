"""Loading the program fast: nobody looks at what is being loaded while a person waits for it."""

import gc
import sys

import PySide6.QtCore  # noqa: F401 - brings the module that is quietened below


def begin_loading() -> None:
    """Stop the collector, and what reads the source of every module that is imported. Called before any other import.

    PySide looks through the source of each module for its own name, to know where its optional spellings (snake_case
    methods) may apply. We use none of them, and the reading took a sixth of the time to the first page and kept every
    source in memory. A PySide that no longer does so is left as it is.
    """
    gc.disable()
    feature = sys.modules.get("shibokensupport.feature")
    if feature is not None and hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = _uses_no_feature  # type: ignore[attr-defined]


def end_loading() -> None:
    """Leave what is loaded out of every later collection: walking it stopped the interface for a tenth of a second.

    Collecting begins with `desktop/views/collector.py`.
    """
    gc.freeze()


def _uses_no_feature(_module: object) -> bool:
    return False
