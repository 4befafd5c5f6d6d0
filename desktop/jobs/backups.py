"""The backup that makes itself, every few hours as the station was told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from desktop.core.clock import Clock
from desktop.core.paths import Profile
from desktop.core.setting_list import BACKUP_EVERY_H
from desktop.core.settings import Settings
from desktop.core.vault import MasterKey
from desktop.operations.backups import Made, last_backup_at, make_backup, retention, rotate

RETRY = timedelta(minutes=15)
"""After a failure: soon enough to catch a drive that comes back, seldom enough not to fill a log."""


@dataclass(slots=True)
class BackupJob:
    """Makes a backup when one is due. Run off the interface's thread; what is due is read from the files themselves,
    so that nothing is forgotten by a restart and nothing is made twice."""

    profile: Profile
    master: MasterKey
    clock: Clock
    settings: Settings
    make: Callable[[Profile, MasterKey, datetime], Made] = make_backup
    failed_at: datetime | None = None
    made_at: datetime | None = None

    def is_due(self) -> bool:
        """Tell whether it is time."""
        now = self.clock.now()
        if self.failed_at is not None and abs(now - self.failed_at) < RETRY:
            return False
        every = timedelta(hours=self.settings.get(BACKUP_EVERY_H))
        last = last_backup_at(self.profile)
        if last is not None and last > now + every:
            last = (
                self.made_at
            )  # the clock was set back: files from its future do not say when the last one was made
        return last is None or now - last >= every or last > now + every

    def run(self) -> Made | None:
        """Make the backup and let old ones go; None when none was due.

        Raises:
            Unavailable: there is no room, or it did not read back; it is tried again after a while.
        """
        if not self.is_due():
            return None
        now = self.clock.now()
        try:
            made = self.make(self.profile, self.master, now)
        except BaseException:
            self.failed_at = now
            raise
        self.failed_at = None
        self.made_at = now
        rotate(self.profile.backups, now, retention(self.settings))
        return made
