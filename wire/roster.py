"""The records that an exchange itself reads: devices, the people who may write about them, and files that are named.

The server writes devices as a replica of its own, signed with the municipal key; stations hold them like any record.
Names here are those on the wire: never renamed, never reused (sync.md §1.1 rule 17).
"""

from typing import Final

SYSTEM_SCOPE: Final = "sys"
"""Held by every enrolled station: who belongs to the municipality, who may sign in, which devices are trusted."""

DEVICES: Final = "devices"
"""One enrolled workstation. Fields: `name`, `code`, `signing_key`, `sealing_key` (X25519, for files on a stick),
`certificate` (PEM), `scopes` and `writes` (text, separated by spaces: what it may hold and, of that, write),
`enrolled_at`; group `revoked`: `revoked_at` (microseconds UTC), `revoke_reason`, `cutoffs` (text: `scope replica seq`
lines; what lies beyond was never accepted)."""

REPLICAS: Final = "device_replicas"
"""One database file of a device. Fields: `device_id` (16 bytes), `replica` (integer), `seen_at`; `fork_of` when it took
the place of an earlier one."""

ATTACHMENTS: Final = "attachments"
SHA256: Final = "sha256"
"""The record that names a file's bytes, and its field: 64 hexadecimal signs of the SHA-256 of the plain bytes. Whoever
may hold the record may have the bytes; knowing the hash alone opens nothing (rule 21)."""

DEVICE_DOMAIN: Final = "device.atalaya.internal"
"""The certificate of a device names it as a host of this domain, which is in no directory."""

SETTINGS: Final = "municipal_settings"

USERS: Final = "users"
ROLES_FIELD: Final = "roles"
ADMINISTRATOR: Final = "administrator"


def host_of(device: bytes) -> str:
    """Return the name in the certificate of a device."""
    return f"{device.hex()}.{DEVICE_DOMAIN}"


def device_named(host: str) -> bytes | None:
    """Return the device whose certificate carries this name, None when it is no device's."""
    name, _, domain = host.partition(".")
    if domain != DEVICE_DOMAIN:
        return None
    try:
        return bytes.fromhex(name)
    except ValueError:
        return None


def blob_named(value: object) -> bytes | None:
    """Return the hash that a record of an attachment gives, None when it gives none."""
    if not isinstance(value, str) or len(value) != 64:
        return None
    try:
        return bytes.fromhex(value)
    except ValueError:
        return None
