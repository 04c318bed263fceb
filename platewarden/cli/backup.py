"""backup and restore: the whole office in one file that this server cannot open, its picture keys apart, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from platewarden.cli.server import Data, data_folder, start_django, tell

if TYPE_CHECKING:
    from platewarden.server.config import ServerConfig

__all__ = ["app", "backup"]

app = typer.Typer()
backup = typer.Typer(no_args_is_help=True, help="Back the whole office up, sealed to a key that is not on this machine.")
app.add_typer(backup, name="backup")


@backup.command()
def key(
    medium: Annotated[Path, typer.Argument(metavar="FOLDER", help="A medium that is carried away, such as a mounted stick.")],
    data: Data = None,
) -> None:
    """Make the recovery key, once: backups are sealed to it, and only it opens them. Example: platewarden backup key /media/stick"""
    from platewarden.server.config import ServerConfig
    from platewarden.server.database.backup import make_recovery_key

    made = make_recovery_key(ServerConfig.load(data_folder(data)), medium)
    tell(f"The recovery key is {made}. Carry the medium away and keep it where you keep evidence; without it no backup opens.")


@backup.command()
def make(
    file: Annotated[Path, typer.Argument(help="The file to write. It is never written over.")],
    keys: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", help="Where the copy of the picture keys is kept, on another medium than FILE; brought in step."
        ),
    ],
    data: Data = None,
) -> None:
    """Back the whole office up, and bring the copy of the picture keys in step.

    Example: platewarden backup make /backups/2026-11-27.backup --keys /media/keys

    A purge destroys picture keys; the next `backup make` destroys them in the copy too, so no backup shows a picture whose time was up.
    """
    from platewarden.policy.refusal import Malformed
    from platewarden.server.config import ServerConfig
    from platewarden.server.database.backup import make_backup
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    config = ServerConfig.load(folder)
    if not keys.is_dir():
        raise Malformed(f"{keys} is no folder. Name the folder on the medium that keeps the copy of the picture keys.")
    with database_of(config, say=tell):
        start_django(folder, "owner")
        from platewarden.server.reads.key_copy import copy_keys

        manifest = make_backup(config, file, connect=lambda: _owner(config))
        copied = copy_keys(keys)
    print(f"{file}: {sum(manifest['rows'].values())} rows of {len(manifest['tables'])} tables, {file.stat().st_size} bytes.")
    print(f"Picture keys in {keys}: {copied.added} added, {copied.destroyed} destroyed.")
    tell("Check it by restoring it: platewarden restore FILE --recovery-key KEY --data A-NEW-FOLDER")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="The backup.")],
    recovery_key: Annotated[Path, typer.Option(metavar="FILE", help="The recovery key, from its medium.")],
    keys: Annotated[Path | None, typer.Option(metavar="FOLDER", help="The copy of the picture keys.")] = None,
    certificate: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A certificate of a purge since the backup; once for each.")
    ] = None,
    data: Data = None,
) -> None:
    """Bring a backup back into a new data folder, and purge again what certificates say was purged since.

    Example: platewarden restore 2026-11-27.backup --recovery-key /media/stick/platewarden-recovery.key --keys /media/keys --certificate purge-certificate-41.txt --data /srv/platewarden

    Members sign in anew; the purge waits until a member has confirmed the date. Exit status 1 when a hold must be placed again first.
    """
    from platewarden.exchange.seal import SealingKey
    from platewarden.policy.refusal import Malformed
    from platewarden.server.database.backup import look_at_backup
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    if folder.exists() and any(folder.iterdir()):
        raise Malformed(f"{folder} is not empty. A backup comes back into a new folder: name one with --data.")
    for path in (file, recovery_key, *(certificate or ())):
        if not path.is_file():
            raise Malformed(f"There is no file {path}. Check the path.")
    notes = [path.read_text("utf-8") for path in certificate or ()]
    recovery = SealingKey.load(recovery_key)
    look_at_backup(file, recovery)
    config, manifest = _restored(file, recovery, folder)
    with database_of(config, say=tell):
        start_django(folder, "owner")
        from platewarden.server.reads.key_copy import bring_keys_back
        from platewarden.server.retention.replay import replay

        brought = bring_keys_back(keys, folder) if keys is not None else 0
        replayed = replay(notes)
    print(
        f"{sum(manifest['rows'].values())} rows of {len(manifest['tables'])} tables are back, as of {manifest['made_at']}; {brought} picture keys."
    )
    print(f"{len(replayed.ended)} days were purged again.")
    for kind, day, hold in replayed.waiting:
        tell(
            f"{kind} of {day} was not purged again: {hold} spared something of it and is not in this backup. Place it again, then purge."
        )
    if replayed.waiting:
        raise typer.Exit(1)


def _restored(file: Path, recovery: Any, folder: Path) -> tuple[ServerConfig, dict[str, Any]]:
    from platewarden.server.config import ServerConfig, own_folder, write_own_file
    from platewarden.server.database.backup import restore_backup
    from platewarden.server.database.embedded import EmbeddedServer, ServiceUser
    from platewarden.server.database.setup import set_up

    ServiceUser.find(may_create=True, say=tell).claim(folder)
    server = EmbeddedServer(folder, may_create_user=True, say=tell)

    def prepare(secrets: dict[str, bytes]) -> ServerConfig:
        place = own_folder(folder / "secrets", like=folder)
        for name, content in secrets.items():
            write_own_file(place / name, content, replace=False)
        return set_up(folder, server=server, say=tell)

    manifest: dict[str, Any] = {}
    try:
        with server.running():
            manifest = restore_backup(file, recovery, prepare=prepare, connect=_owner)
    finally:
        if not manifest:
            tell(f"Nothing was brought back. Remove {folder} before you try again.")
    return ServerConfig.load(folder), manifest


def _owner(config: ServerConfig) -> Any:
    import psycopg

    return psycopg.connect(config.conninfo("owner"), autocommit=True)
