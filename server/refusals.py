"""Why the roster refuses what an administrator or a station asks."""

from typing import Final

MAX_NAME: Final = 120


class RosterError(ValueError):
    """What was asked cannot be; `kind` is for programs and is never renamed."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Kind:
    """Why the roster refused; stored in no place, told to programs."""

    TENANT: Final = "tenant"
    TENANT_EXISTS: Final = "tenant_exists"
    CODE: Final = "code"
    CODE_USED: Final = "code_used"
    CODE_EXPIRED: Final = "code_expired"
    DEVICE_CODE: Final = "device_code"
    DEVICE_CODE_TAKEN: Final = "device_code_taken"
    SCOPES: Final = "scopes"
    NAME: Final = "name"
    KEYS: Final = "keys"
    REPLICA: Final = "replica"
    REPLICA_TAKEN: Final = "replica_taken"
    UNKNOWN_DEVICE: Final = "unknown_device"
    REVOKED: Final = "revoked"
