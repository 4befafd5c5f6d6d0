"""The sound of an overdue timer, without any multimedia library: a short tone by whatever the machine plays with."""

import math
import shutil
import struct
import sys
import wave
from collections.abc import Callable
from io import BytesIO

from PySide6.QtCore import QObject, QProcess, QTemporaryFile
from PySide6.QtWidgets import QApplication

_RATE = 22_050
_PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"))


def tone() -> bytes:
    """Return a WAV of two short notes, soft at both ends so that it does not click."""
    samples = bytearray()
    for pitch in (740.0, 988.0):
        length = int(_RATE * 0.18)
        for i in range(length):
            envelope = min(1.0, i / 400, (length - i) / 400)
            samples += struct.pack("<h", int(9000 * envelope * math.sin(2 * math.pi * pitch * i / _RATE)))
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(bytes(samples))
    return buffer.getvalue()


class Alarm(QObject):
    """Plays the tone; a machine that can play nothing gets the window system's bell."""

    def __init__(self, parent: QObject, is_on: Callable[[], bool]) -> None:
        super().__init__(parent)
        self._is_on = is_on
        self._tone = tone()
        self._file: QTemporaryFile | None = None
        self._player = next((player for player in _PLAYERS if shutil.which(player[0])), None)
        self.times_sounded = 0

    def sound(self) -> None:
        """Play it once, without waiting, unless this station was silenced."""
        if not self._is_on():
            return
        self.times_sounded += 1
        if sys.platform == "win32":
            import winsound  # noqa: PLC0415 - exists on Windows only

            winsound.PlaySound(self._tone, winsound.SND_MEMORY | winsound.SND_NODEFAULT)
        elif self._player is not None:
            QProcess.startDetached(self._player[0], [*self._player[1:], self._path()])
        else:
            QApplication.beep()

    def _path(self) -> str:
        if self._file is None:
            self._file = QTemporaryFile(self)
            self._file.open()
            self._file.write(self._tone)
            self._file.flush()
        return self._file.fileName()
