"""Loading a source's list: the whole file becomes a numbered load in force, or is refused whole with its line numbers.

Refused: a source that nobody described (427.4(e)), a file that cannot be read on, more malformed rows than the department's share, the same file again or one that its source
made no later than the one in force, and a list that shrinks by more than the department's share, or grows past ten times. The load in
force stays then. Malformed rows below the share are left out. Either way a report says the lines. Checked before the first row is
written; a function of the database puts a load in force and takes the earlier one out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import connection, transaction

from platewarden.policy.refusal import Malformed, Refused
from platewarden.server.clock import now
from platewarden.server.hotlists.entry import Say, add_entries, quiet
from platewarden.server.hotlists.layout import Fault, parse_layout
from platewarden.server.hotlists.models import Exclusion, Load, LoadReport, LoadState, Source
from platewarden.server.hotlists.parse import Parsed, parse
from platewarden.server.hotlists.source import must_be_described
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.editions import department

MOST_GROWTH = 10


class ListRefused(Malformed):
    """The list was refused whole. The one in force stays in force."""

    exit_code = 1

    def __init__(self, source: str, report: LoadReport) -> None:
        faults = report.fault_lines
        first = "; ".join(str(fault) for fault in faults[:3])
        more = f" (and {report.malformed - 3} more)" if report.malformed > 3 else ""
        super().__init__(
            f"The list “{source}” was refused whole: {first}{more}. The list in force stays. Correct the file and load it again."
        )
        self.faults = faults
        self.report = report


def load_list(content: bytes, *, source_name: str, by: Signer, say: Say = quiet) -> Load:
    """Takes a list in. Refuses it whole with its faults (recorded as `hotlists.load_refused`), or puts it in force. Either is reported."""
    source_name = name_of(source_name)
    digest = hashlib.sha256(content).digest()
    if refusal := must_be_described(source_name):
        about = {"source": source_name, "faults": 1, "sha256": digest.hex()}
        record(Act.HOTLISTS_LOAD_REFUSED, by=by, about=about, content={"first": refusal.because})
        raise Refused(refusal)
    parsed = read_list(content, source_name=source_name, say=say)
    load = None if parsed.is_broken else _put_in_force(parsed, source_name, digest, by, say)
    if load is None:
        report = _report(parsed, source_name, digest, by, None)
        record(
            Act.HOTLISTS_LOAD_REFUSED,
            by=by,
            about={"source": source_name, "faults": max(parsed.malformed, 1), "sha256": digest.hex()},
            content={"first": str(parsed.faults[0])},
        )
        raise ListRefused(source_name, report)
    return load


def name_of(source: str) -> str:
    name = " ".join(source.split())
    if not name or len(name) > 60:
        raise Malformed("A list needs the name of its source, at most 60 characters.")
    return name


def read_list(content: bytes, *, source_name: str, say: Say = quiet) -> Parsed:
    """What stands in a source's list, by the source's layout, without its excluded files. More malformed rows than the share break it."""
    source = Source.objects.filter(name=source_name).first()
    without = list(Exclusion.objects.filter(source=source, ended_at=None).values_list("file", flat=True)) if source else []
    layout = parse_layout(source.layout) if source and source.layout else None
    parsed = parse(content, author=source_name, layout=layout, without=without, say=say)
    share = department().malformed_refused_percent
    if parsed.malformed * 100 > parsed.lines * share:
        parsed.is_broken = True
    elif not parsed.entries and not parsed.is_broken:
        parsed.breaks(Fault(1, "no entry of the list is in effect yet"))
    return parsed


def _put_in_force(parsed: Parsed, source_name: str, digest: bytes, by: Signer, say: Say) -> Load | None:
    """The load in force, or None with what speaks against it added to the faults. One list of a source after the other."""
    with transaction.atomic():
        load = _filled(parsed, source_name, digest, by, say)
        if load is not None:
            with connection.cursor() as cursor:
                cursor.execute("select office.put_in_force(%s, %s, %s)", [load.pk, by.number, by.name])
            load.refresh_from_db()
            _report(parsed, source_name, digest, by, load)
    return load


def _filled(parsed: Parsed, source_name: str, digest: bytes, by: Signer, say: Say) -> Load | None:
    """A load with its entries, not in force yet."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(4270013, hashtext(%s))", [source_name])
        if fault := _against_the_one_in_force(source_name, digest, parsed):
            parsed.breaks(fault)
            return None
        source = Source.objects.get(name=source_name)
        loaded_at = now()
        cursor.execute("select office.open_load(%s, %s, %s, %s, %s)", [source.pk, digest, str(by), loaded_at, parsed.made_at])
        load = Load.objects.get(pk=cursor.fetchone()[0])
    add_entries(parsed.entries, load=load.pk, loaded_at=loaded_at, say=say)
    return load


def _report(parsed: Parsed, source_name: str, digest: bytes, by: Signer, load: Load | None) -> LoadReport:
    return LoadReport.objects.create(
        source_name=source_name,
        at=now(),
        by=str(by),
        digest=digest,
        load=load,
        lines=parsed.lines,
        taken=len(parsed.entries) if load else 0,
        malformed=max(parsed.malformed, len(parsed.faults)),
        later=parsed.later,
        faults=[[fault.file, fault.line, fault.sentence] for fault in parsed.faults],
    )


@dataclass(frozen=True)
class Changes:
    """What a file would change: entries by plate or pattern and state."""

    added: int
    gone: int
    same: int
    parsed: Parsed


def compare(content: bytes, *, source_name: str, by: Signer, say: Say = quiet) -> Changes:
    """What a list would change if it were loaded. Nothing is kept; the same faults are refused."""
    source_name = name_of(source_name)
    digest = hashlib.sha256(content).digest()
    if refusal := must_be_described(source_name):
        raise Refused(refusal)
    parsed = read_list(content, source_name=source_name, say=say)
    with transaction.atomic():
        load = None if parsed.is_broken else _filled(parsed, source_name, digest, by, say)
        if load is None:
            raise ListRefused(source_name, _report(parsed, source_name, digest, by, None))
        with connection.cursor() as cursor:
            cursor.execute("select added, gone, same from plates.load_changes(%s)", [load.pk])
            added, gone, same = cursor.fetchone()
        transaction.set_rollback(True)
    return Changes(added, gone, same, parsed)


def _against_the_one_in_force(source_name: str, digest: bytes, parsed: Parsed) -> Fault | None:
    loads = Load.objects.filter(source__name=source_name)
    if earlier := loads.filter(digest=digest).order_by("-number").first():
        if earlier.state == LoadState.IN_FORCE:
            return Fault(1, "this very file was loaded before and is in force")
        return Fault(1, f"this very file was loaded before, as number {earlier.number}; two members can put that load back")
    in_force = loads.filter(state=LoadState.IN_FORCE).first()
    return _against_its_count(parsed, in_force) if in_force else None


def _against_its_count(parsed: Parsed, in_force: Load) -> Fault | None:
    count, share = len(parsed.entries), department().shrink_refused_percent
    holds = f"it holds {count} entries where the list in force holds {in_force.entries}"
    if parsed.made_at and in_force.made_at and parsed.made_at <= in_force.made_at:
        return Fault(1, "the list says that it was made no later than the one in force")
    if in_force.entries >= 10 and count * 100 < in_force.entries * (100 - share):
        return Fault(1, f"{holds}: more than {share} % are gone")
    if in_force.entries >= 10 and count > in_force.entries * MOST_GROWTH:
        return Fault(1, f"{holds}: more than {MOST_GROWTH} times as many")
    return None
