"""Finding neighbours: every station says on the local network that it is there, under a mark of its municipality.

What is said is not believed: certificates show who really answers. No name of a station or municipality is said.
"""

import hashlib
import ipaddress
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Final

import ifaddr
from zeroconf import Error, IPVersion, ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

_TYPE: Final = "_atalaya._tcp.local."
_ASK_MS: Final = 3_000
_DEVICE, _MARK = b"d", b"m"
_log = logging.getLogger(__name__)


def own_addresses() -> tuple[str, ...]:
    """Return the IPv4 addresses under which others can reach this machine."""
    found = {str(one.ip) for adapter in ifaddr.get_adapters() for one in adapter.ips if one.is_IPv4}
    return tuple(sorted(address for address in found if not ipaddress.ip_address(address).is_loopback))


class Discovery(ServiceListener):
    """Tells of this station and hears of others, on some networks, until it is closed.

    `changed` is called on a thread of its own when somebody came, went or moved.

    Raises:
        OSError: there is no such network any more.
    """

    def __init__(
        self,
        municipal_key: bytes,
        device: bytes,
        port: int,
        networks: Sequence[str],
        changed: Callable[[], None],
    ) -> None:
        self._mark = hashlib.sha256(municipal_key).hexdigest()[:16].encode()
        self._device = device
        self._changed = changed
        self._lock = threading.Lock()
        self._found: dict[str, tuple[bytes, tuple[str, ...]]] = {}
        self._zeroconf = Zeroconf(interfaces=list(networks), ip_version=IPVersion.V4Only)
        info = ServiceInfo(
            _TYPE,
            f"{device.hex()}.{_TYPE}",
            port,
            addresses=[socket.inet_aton(one) for one in networks],
            properties={_DEVICE: device.hex().encode(), _MARK: self._mark},
            server=f"{device.hex()}.local.",
        )
        try:
            # An earlier run of this station that ended without a word is still known to others: this one is it.
            self._zeroconf.register_service(info, cooperating_responders=True)
            self._browser = ServiceBrowser(self._zeroconf, _TYPE, self)
        except Error as error:
            self._zeroconf.close()
            raise OSError(type(error).__name__) from error

    @property
    def neighbours(self) -> dict[bytes, tuple[str, ...]]:
        """Return who is there, by device, with the addresses (`host:port`) under which they say to answer."""
        with self._lock:
            return dict(self._found.values())

    def close(self) -> None:
        """Say goodbye and hear no more."""
        self._zeroconf.close()

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """Somebody is there."""
        try:
            info = zc.get_service_info(type_, name, _ASK_MS)
        except (Error, RuntimeError, AssertionError):
            # Its loop was closed under this question, which it asserts: nobody listens any more. Otherwise the machine
            # is loaded, and it is told again.
            _log.info("a neighbour could not be asked where it answers", exc_info=True)
            return
        if info is None or info.port is None or info.properties.get(_MARK) != self._mark:
            return
        try:
            device = bytes.fromhex((info.properties.get(_DEVICE) or b"").decode())
        except ValueError:
            return
        if not device or device == self._device:
            return
        addresses = tuple(f"{one}:{info.port}" for one in sorted(info.parsed_addresses(IPVersion.V4Only)))
        with self._lock:
            is_news = self._found.get(name) != (device, addresses)
            self._found[name] = (device, addresses)
        if is_news:
            self._changed()

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """Somebody moved."""
        self.add_service(zc, type_, name)

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """Somebody said goodbye."""
        del zc, type_
        with self._lock:
            was_known = self._found.pop(name, None) is not None
        if was_known:
            self._changed()
