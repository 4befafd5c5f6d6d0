"""What reading MessagePack that anybody may have made can raise."""

from typing import Final

import msgspec

UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""Another form, text that is no UTF-8, lists without end: msgspec has no one error for them."""
