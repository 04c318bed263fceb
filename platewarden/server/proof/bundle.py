"""The bundle: what an outsider needs to make the table of clauses again, without this office and without its software.

A folder of JSON. For each clause the rows that were counted: every record under a salted digest with its verdict, every part of the database
by its name. Beside them the table that they give, the table that was last kept for a day with the proof of its line in the ledger, and a
statement over the digests of all files, signed with the ledger's key under a name of its own. `tools/verify.py --bundle` counts again.

The table is made from the very rows that are written, so that both agree while cars send. The salt is drawn for each bundle and kept nowhere:
nobody can look for a record in it, or follow one from bundle to bundle. No plate, picture, search or case number is in it.

Order of steps: a new folder, the files, the statement last. One that was cut has no statement, and is refused.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

from platewarden.durable import put
from platewarden.policy.refusal import Unavailable
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.chain import newest_checkpoint, signer, verifier
from platewarden.server.ledger.proof import newest_sealed, prove
from platewarden.server.people.editions import department
from platewarden.server.proof.check import DATABASE, NAMED_AT_MOST, Checked, Row, as_json, check_with, ledger_row, not_measured
from platewarden.server.proof.measures import Measure, whose
from platewarden.server.proof.models import DaysCheck
from platewarden.server.proof.shipped import Part, parts
from platewarden.transparency.checkpoint import Checkpoint
from platewarden.transparency.note import NoteSigner, sign_note

log = logging.getLogger("platewarden.proof")
HEAD = "platewarden check bundle v1"
STATEMENT = "statement.txt"
RIGHT, SOON, WRONG = "right", "soon", "wrong"


@dataclass(frozen=True)
class Bundle:
    """What was written: the table, and how many rows stand behind it."""

    table: list[Checked]
    rows: int
    files: int


class _Taken:
    """Takes measurements and keeps their rows."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(32)
        self.rows: dict[str, list[str]] = {}

    def __call__(self, measure: Measure, given: str) -> Row:
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "select digest, is_wrong, is_late, named from office.measure_rows(%s, %s::jsonb, %s)",
                    [measure.name, given, self._salt],
                )
                found = cursor.fetchall()
        except DatabaseError:
            log.exception("%s cannot be measured", measure.name)
            return not_measured(measure)
        self.rows[measure.name] = sorted(
            f"{digest} {WRONG if is_wrong else SOON if is_late else RIGHT}" for digest, is_wrong, is_late, _ in found
        )
        wrong = [named for _, is_wrong, _, named in found if is_wrong]
        late = [named for _, _, is_late, named in found if is_late]
        named = tuple((wrong or late)[:NAMED_AT_MOST])
        return Row(measure.name, measure.sentence, len(found), len(wrong), len(late), named, measure.todo)


def write_bundle(folder: Path) -> Bundle:
    """Checks every clause and writes what it was made of into a new folder. Refused: one that is there, a ledger with nothing sealed."""
    checkpoint = newest_checkpoint()
    if checkpoint is None:
        raise Unavailable("Nothing is sealed yet. Start the server, then make the bundle again.")
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise Unavailable(f"{folder} is there already. Name a new folder for the bundle.") from error
    except OSError as error:
        raise Unavailable(f"The folder {folder} cannot be made ({error.strerror}). Name another one.") from error
    taken, compared = _Taken(), parts()
    table = check_with(ledger_row(), compared, taken)
    told = as_json(table)
    contents: dict[str, Any] = {
        f"clause-{each.clause.value}.json": {
            "clause": each.clause.value,
            "counted": [_counted(row, each, compared, taken) for row in each.rows],
        }
        for each in table
    }
    ledger, day = _day(checkpoint)
    contents |= {"table.json": told, "ledger.json": ledger} | ({"day.json": day} if day is not None else {})
    files = {name: (content if isinstance(content, str) else _text(content)).encode() for name, content in contents.items()}
    sealed = Checkpoint.of_note(ledger["checkpoint"], verifier())
    said = {
        "department": department().name,
        "made_at": told["checked_at"],
        "ledger_size": sealed.size,
        "ledger_root": sealed.root.hex(),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    note = sign_note(f"{HEAD}\n{_text(said)}", _signer())
    try:
        for name, content in files.items():
            put(folder / name, content, mode=0o644)
        put(folder / STATEMENT, note.encode(), mode=0o644)
    except OSError as error:
        raise Unavailable(
            f"The bundle cannot be written to {folder} ({error.strerror}). Remove it, and name another folder."
        ) from error
    return Bundle(table, sum(map(len, taken.rows.values())) + len(compared), len(files) + 1)


def _signer() -> NoteSigner:
    """The ledger's key under another name: a statement is never taken for a checkpoint."""
    ledger = signer()
    return NoteSigner(f"{ledger.name}/check", ledger.private)


def _counted(row: Row, each: Checked, compared: list[Part], taken: _Taken) -> dict[str, Any]:
    """The rows behind a row of the table; of what is one thing, or is recomputed elsewhere, the counts."""
    said: dict[str, Any] = {"name": row.name, "is_mechanism": row.is_mechanism}
    if row.name == DATABASE:
        return said | {
            "rows": [f"{part.name} {WRONG if part.fault else RIGHT}" for part in compared if whose(part.name) is each.clause]
        }
    if not row.is_mechanism and row.name in taken.rows:
        return said | {"rows": taken.rows[row.name]}
    return said | {"counts": [row.of, row.wrong, row.late]}


def _day(checkpoint: str) -> tuple[dict[str, Any], str | None]:
    """The newest day whose table is in the sealed ledger: the line, its proof, and the table word for word."""
    leaf = newest_sealed(Act.PROOF_DAY)
    if leaf is None:
        return {"checkpoint": checkpoint, "day": None}, None
    proofs = prove([leaf])
    (line,) = proofs.lines
    kept = DaysCheck.objects.filter(day=json.loads(line.body)["about"]["day"]).first()
    about = {"line": line.body, "index": line.index, "proof": [step.hex() for step in line.path]}
    return {"checkpoint": proofs.checkpoint, "day": about}, kept.text if kept else None


def _text(content: Any) -> str:
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
