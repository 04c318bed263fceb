"""What lies in a released package: the granted reads as table and JSON, their pictures, a cover for a person, what the agency may do
with them, and a signed manifest of every file's digest.

Each picture has a band below it that says whose it is, and each row of the table says so too; nothing of the picture is covered. Not in
it: who was signed on in the car, lists and their entries, returns of official databases, looks of our members.
"""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from platewarden.server.equipment.models import Unit
from platewarden.server.ledger.chain import signer
from platewarden.server.people.editions import department
from platewarden.server.reads.images import NotThere, find_picture
from platewarden.server.reads.search import corrected_to
from platewarden.server.reads.spreadsheet import as_csv
from platewarden.server.release.models import ReleasePackage, ReleaseRequest
from platewarden.server.release.papers import cover_pdf
from platewarden.transparency.note import NoteSigner, sign_note

HEAD = "platewarden release v1"
OBLIGATIONS = (
    "Use this data for the purpose that your request states, and for no other.",
    "Do not pass it on, unless a law obliges you to; tell us when one does.",
    "A reading by a machine may be wrong: check the plate and its state in the picture, and with the official database, before you act.",
    "It does not say who drove. It is no suspicion by itself.",
    "Keep it where only who works on the case can open it, and destroy it when the purpose is served.",
    "Tell us at once when it is lost, or was seen by somebody who may not.",
)
VIEWS = {"overview": "overview.jpg", "plate": "plate.jpg"}
COLUMNS = (
    "plate",
    "state",
    "corrected_plate",
    "corrected_state",
    "captured_at",
    "local_time",
    "unit",
    "camera",
    "lat",
    "lon",
    "crossing",
    "confidence",
    "state_confidence",
    "read_id",
    "released",
)


def release_signer() -> NoteSigner:
    """The ledger's key under another name: a manifest is never taken for a checkpoint."""
    ledger = signer()
    return NoteSigner(f"{ledger.name}/release", ledger.private)


@dataclass
class Contents:
    """A package as it is filled: files by name, pictures counted."""

    package: ReleasePackage
    rows: list[dict[str, Any]]
    pictures: int = 0
    lost: int = 0
    digests: dict[str, str] = field(default_factory=dict)

    def zipped(self) -> bytes:
        """The whole package, unencrypted, in memory only."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bag:

            def put(name: str, content: bytes) -> None:
                self.digests[name] = hashlib.sha256(content).hexdigest()
                bag.writestr(f"{self.package.number}/{name}", content)

            told = self._reads(put)
            about = self.about()
            put("reads.json", _json(told))
            put("reads.csv", as_csv(COLUMNS, told))
            put("release.json", _json(about))
            put("READ-ME.txt", _read_me(about).encode())
            put("cover.pdf", cover_pdf(about, told))
            lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.digests.items()))
            put("SHA256SUMS", lines.encode())
            bag.writestr(
                f"{self.package.number}/manifest.txt", sign_note(f"{HEAD}\n{self.package.number}\n{lines}", release_signer())
            )
        return out.getvalue()

    def about(self) -> dict[str, Any]:
        """What the package is; no plate."""
        package, asked, here = self.package, self.package.request, department()
        return {
            "package": package.number,
            "request": asked.number,
            "department": here.name,
            "agency": asked.agency,
            "requester": asked.requester,
            "purpose": asked.purpose,
            "basis": asked.get_basis_display(),
            "instrument": asked.instrument,
            "permitted_by": permitted_by(asked),
            "instrument_sha256": asked.permit_sha256,
            "their_case": asked.reference,
            "approved_by": asked.decided_by,
            "named_by": package.grant.named_by,
            "fulfilled_by": package.made_by,
            "fulfilled_at": package.made_at.isoformat(timespec="seconds"),
            "fulfilled_local": _local(package.made_at),
            "time_zone": str(here.time_zone),
            "recipient": package.recipient,
            "reads_approved": package.grant.reads,
            "reads": package.reads,
            "reads_gone": package.gone,
            "pictures": self.pictures,
            "pictures_gone": self.lost,
            "mark": mark(package),
            "obligations": list(OBLIGATIONS),
            "key": str(release_signer().verifier),
        }

    def _reads(self, put: Callable[[str, bytes], None]) -> list[dict[str, Any]]:
        units = {str(unit.pk): unit.name for unit in Unit.objects.filter(pk__in={row["unit_id"] for row in self.rows})}
        told = []
        for row in self.rows:
            seen = {name: value for name, value in row.items() if name not in ("pictures", "unit_id")}
            told.append(
                seen
                | corrected_to(row["corrections"])
                | {
                    "unit": units.get(row["unit_id"], "a unit no longer listed"),
                    "local_time": _local(datetime.fromisoformat(row["captured_at"])),
                    "released": mark(self.package),
                    "pictures": [self._picture(put, row, pointer) for pointer in row["pictures"]],
                }
            )
        return told

    def _picture(self, put: Callable[[str, bytes], None], row: dict[str, Any], pointer: dict[str, Any]) -> dict[str, Any]:
        found = find_picture(pointer, uuid.UUID(row["read_id"]))
        if isinstance(found, NotThere):
            self.lost += 1
            return {"view": pointer["view"], "file": None, "missing": found.because}
        name = f"reads/{row['read_id']}/{VIEWS[pointer['view']]}"
        put(name, marked(found, mark(self.package)))
        self.pictures += 1
        return {"view": pointer["view"], "file": name, "missing": None}


def permitted_by(asked: ReleaseRequest) -> str:
    """By which instrument a law permits a release to who is no agency we share with; empty for one that is."""
    return f"{asked.get_basis_display()}: {asked.instrument}" if asked.is_permitted_by_law else ""


def mark(package: ReleasePackage) -> str:
    """Whose copy this is: it stands in every row and under every picture."""
    asked = package.request
    day = timezone.localtime(package.made_at, department().time_zone)
    return f"{department().short_name}, {asked.number} to {asked.agency}, {day:%m/%d/%Y}, by {package.made_by}"


def marked(picture: bytes, words: str) -> bytes:
    """The picture with a band below it that bears the words, in as many lines as they need; nothing of it is covered.

    What no program can open goes as it is: the row of its read says whose copy it is.
    """
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            whole = opened.convert("RGB")
    except OSError:
        return picture
    font = ImageFont.load_default(size=12)
    lines = _wrapped(words, font, whole.width - 8)
    band = 15 * len(lines) + 6
    paper = Image.new("RGB", (whole.width, whole.height + band), "white")
    paper.paste(whole, (0, 0))
    ImageDraw.Draw(paper).multiline_text((4, whole.height + 2), "\n".join(lines), fill="black", font=font, spacing=3)
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=92, comment=words.encode())
    return out.getvalue()


def _wrapped(words: str, font: Any, width: int) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _local(at: datetime) -> str:
    return timezone.localtime(at, department().time_zone).strftime("%m/%d/%Y %H:%M:%S %Z")


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode()


def _read_me(about: dict[str, Any]) -> str:
    gone = (
        f"\n{about['reads_gone']} of the {about['reads_approved']} approved reads no longer exist: they were purged on schedule"
        " before this was made.\n"
        if about["reads_gone"]
        else ""
    )
    permitted = f"Permitted by law: {about['permitted_by']}\n" if about["permitted_by"] else ""
    obligations = "\n".join(f"- {each}" for each in about["obligations"])
    return f"""\
License plate reads of {about["department"]}
Request {about["request"]} of {about["requester"]}, {about["agency"]}
Purpose: {about["purpose"]}
{permitted}Released {about["fulfilled_local"]} by {about["fulfilled_by"]}; approved by {about["approved_by"]}
{about["reads"]} reads, {about["pictures"]} pictures
{gone}
What you undertake with it:
{obligations}

Files: cover.pdf for a person; reads.csv for a spreadsheet; reads.json for a program; reads/ the pictures, each with a band that says
whose copy it is. To check them: sha256sum -c SHA256SUMS. The same digests stand in manifest.txt under the department's signature; its
key, which you compare with the department by telephone, is {about["key"]}
"""
