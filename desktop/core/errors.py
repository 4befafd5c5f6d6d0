"""The errors that reach a person, by what the person can do about them.

Raise the one that fits and let it rise; only the edges (task runner, job runner, command line) catch.
Messages are whole Spanish sentences: what happened, what was kept, what to do next.
"""


class AtalayaError(Exception):
    """Any error that is shown in plain words instead of the crash dialog."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FieldError(AtalayaError):
    """One value is not acceptable; shown beside its field, which takes the focus."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class UserError(AtalayaError):
    """The person can put it right."""


class NotAllowed(AtalayaError):
    """The person's role does not permit it; whom to ask is in the message."""


class ConflictError(AtalayaError):
    """Somebody else changed the same thing meanwhile; nothing was overwritten."""


class Unavailable(AtalayaError):
    """Disk, database or a peripheral is not there now; what can go on does, and it is tried again."""


class Cancelled(AtalayaError):
    """The person stopped it; nothing is shown."""

    def __init__(self) -> None:
        super().__init__("")
