"""Lists that are put into a source's inbox: a folder under `inbox/` in the data folder, filled by a copy, an SFTP login or a timer.

The worker takes the newest whole file in, and removes it. A refused one stays where it is until another takes its place, and is asked
once. A name that begins with a dot or ends in `.part` is a file that is still being written: rename it when it is whole.
"""

from __future__ import annotations

import hashlib
import logging
import time
from pathlib import Path

from django.conf import settings

from platewarden.server.hotlists.layout import MOST_BYTES
from platewarden.server.hotlists.load import ListRefused, load_list
from platewarden.server.hotlists.models import LoadReport, Source
from platewarden.server.ledger.write import OFFICE

log = logging.getLogger("platewarden.hotlists")
SETTLED_S = 10.0
"""A file that was written to within so many seconds may not be whole."""


def folder_of(source: Source) -> Path:
    return Path(settings.CONFIG.data / "inbox" / source.inbox)


def make_folder(source: Source) -> Path | None:
    """Makes the folder of a source that has an inbox, for the office alone to read."""
    if not source.inbox:
        return None
    folder = folder_of(source)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def take_in() -> int:
    """Takes the newest list of each inbox in. How many came into force. Each is reported, taken or refused."""
    return sum(_take_newest(source) for source in Source.objects.exclude(inbox="").order_by("pk"))


def _take_newest(source: Source) -> bool:
    file = _newest(folder_of(source))
    if file is None:
        return False
    if file.stat().st_size > MOST_BYTES:
        log.warning("the list in the inbox of source %s is larger than %s MB and was not read", source.pk, MOST_BYTES >> 20)
        return False
    content = file.read_bytes()
    digest = hashlib.sha256(content).digest()
    if LoadReport.objects.filter(source_name=source.name, digest=digest, load=None).exists():
        return False
    try:
        load_list(content, source_name=source.name, by=OFFICE)
    except ListRefused as refused:  # reported and in the ledger: the pages show it
        log.warning("the list in the inbox of source %s was refused, report %s", source.pk, refused.report.pk)
        return False
    _remove_up_to(file)
    return True


def _newest(folder: Path) -> Path | None:
    """The file that was written last, if all is settled; symbolic links are not followed."""
    if not folder.is_dir():
        return None
    whole = [each for each in folder.iterdir() if _is_whole(each)]
    return max(whole, key=lambda each: each.stat().st_mtime_ns, default=None)


def _is_whole(file: Path) -> bool:
    if file.name.startswith(".") or file.name.endswith(".part") or file.is_symlink() or not file.is_file():
        return False
    return time.time() - file.stat().st_mtime >= SETTLED_S


def _remove_up_to(file: Path) -> None:
    """Removes a list that was taken in and those that it overtook: what is loaded lies in the database, and ages there."""
    newest = file.stat().st_mtime_ns
    for each in [other for other in file.parent.iterdir() if _is_whole(other)]:
        if each.stat().st_mtime_ns <= newest:
            each.unlink()
