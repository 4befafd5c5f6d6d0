"""Which characters the bundled fonts can draw.

An archival PDF may not hold a character without its drawing, and one emoji in a narrative must not stop a print:
what no bundled font has is drawn as an empty square.
"""

import struct
import unicodedata
from functools import lru_cache
from pathlib import Path

MISSING = "\u25a1"
_ALWAYS = frozenset("\n\u200b")


def printable(text: str, folder: Path) -> str:
    """Return `text` composed, without invisible controls, and with a square for what cannot be drawn."""
    if text.isascii() and text.isprintable():
        return text
    known = coverage(folder)
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    return "".join(
        sign if sign in _ALWAYS or ord(sign) in known else MISSING
        for sign in plain
        if sign in _ALWAYS or not _is_invisible(sign)
    )


def _is_invisible(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cf"} or "\ufe00" <= sign <= "\ufe0f"


@lru_cache(maxsize=2)
def coverage(folder: Path) -> frozenset[int]:
    """Return the characters that every weight of the text font, or the symbol font, draws.

    Those of private use are left out although the font has some: they mean nothing that a reader could look up, and
    PDF/A-2a takes none (ISO 19005-2, 6.2.11.7.3).
    """
    texts = [_characters(file.read_bytes()) for file in sorted(folder.glob("Inter-*.ttf"))]
    symbols = [_characters(file.read_bytes()) for file in sorted(folder.glob("Noto*.ttf"))]
    drawn = frozenset.intersection(*texts).union(*symbols)
    return frozenset(sign for sign in drawn if unicodedata.category(chr(sign)) != "Co")


def _characters(font: bytes) -> frozenset[int]:
    """Read the `cmap` table of a TrueType font, formats 4 and 12 (OpenType specification)."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * count, 16)
    }
    start = tables[b"cmap"]
    found: set[int] = set()
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        table = start + struct.unpack_from(">I", font, start + 4 + 8 * index + 4)[0]
        found.update(_subtable(font, table))
    return frozenset(found)


def _subtable(font: bytes, at: int) -> set[int]:
    kind = struct.unpack_from(">H", font, at)[0]
    found: set[int] = set()
    if kind == 12:
        for group in range(struct.unpack_from(">I", font, at + 12)[0]):
            first, last = struct.unpack_from(">II", font, at + 16 + 12 * group)
            found.update(range(first, last + 1))
    elif kind == 4:
        segments = struct.unpack_from(">H", font, at + 6)[0] // 2
        lasts = struct.unpack_from(f">{segments}H", font, at + 14)
        firsts = struct.unpack_from(f">{segments}H", font, at + 16 + 2 * segments)
        for first, last in zip(firsts, lasts, strict=True):
            found.update(range(first, last + 1) if last != 0xFFFF else ())
    return found
