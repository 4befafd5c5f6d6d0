"""Words without Qt: `N_` marks a text where it is declared, `tr` turns it into what the person reads.

The sources are Spanish, so the text itself is shown; another language would be looked up here and nowhere else.
"""


def N_(text: str) -> str:
    """Mark `text` for extraction and return it unchanged."""
    return text


def tr(text: str, /, **values: object) -> str:
    """Return `text` with its `{placeholders}` filled from `values`."""
    return text.format(**values) if values else text


def plural(one: str, many: str, count: int, /, **values: object) -> str:
    """Return `one` or `many` for `count`; `{count}` is filled too."""
    return (one if count == 1 else many).format(count=count, **values)
