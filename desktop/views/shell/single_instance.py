"""One window per data folder: a second start raises the first and ends."""

import getpass
import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_PATIENCE_MS = 500


class SingleInstance(QObject):
    """Held by the first program on a profile; others knock."""

    knocked = Signal()

    def __init__(self, profile: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        whose = f"{getpass.getuser()}:{profile.resolve()}"
        self._name = f"atalaya-{hashlib.sha256(whose.encode()).hexdigest()[:24]}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)

    def claim(self) -> bool:
        """Become the first, or knock at the one that is there and return False."""
        if self._knock():
            return False
        if self._server.listen(self._name):
            return True
        QLocalServer.removeServer(self._name)  # left behind by a program that was killed
        return self._server.listen(self._name) or not self._knock()

    def release(self) -> None:
        """Let another program be the first."""
        self._server.close()

    def _knock(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        is_there = socket.waitForConnected(_PATIENCE_MS)
        socket.abort()
        return is_there

    def _answer(self) -> None:
        while self._server.hasPendingConnections():
            visitor = self._server.nextPendingConnection()
            visitor.disconnected.connect(visitor.deleteLater)
            visitor.disconnectFromServer()
        self.knocked.emit()
