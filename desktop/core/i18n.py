"""Translation without Qt: `N_` marks a text where it is declared, `tr` turns it into what the person reads.

The sources are Spanish, so without a catalogue the text itself is shown; another language is one `.mo` file
under `resources/locale/`.
"""

import gettext
from pathlib import Path

_DOMAIN = "atalaya"
_translations: gettext.NullTranslations = gettext.NullTranslations()


def N_(text: str) -> str:
    """Mark `text` for extraction and return it unchanged."""
    return text


def use_language(language: str, folder: Path) -> None:
    """Load the catalogue of `language` from `folder`; a missing one leaves the Spanish sources."""
    global _translations  # noqa: PLW0603 - one language per process, chosen once at start
    _translations = gettext.translation(_DOMAIN, folder, languages=[language], fallback=True)


def tr(text: str, /, **values: object) -> str:
    """Return `text` in the person's language with its `{placeholders}` filled from `values`."""
    translated = _translations.gettext(text) if text else text
    return translated.format(**values) if values else translated


def plural(one: str, many: str, count: int, /, **values: object) -> str:
    """Return `one` or `many` for `count`; `{count}` is filled too."""
    return _translations.ngettext(one, many, count).format(count=count, **values)
