"""Sealing keeps the order of sealing through restarts and rivals; checking finds whatever a superuser did to sealed leaves."""
# ruff: noqa: S608 - statements are put together from numbers of this file

from __future__ import annotations

import json
import random
import threading
from datetime import datetime, timedelta

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, connections

from platewarden.policy.refusal import Tampered
from platewarden.server.ledger import chain
from platewarden.server.ledger.acts import Act
from platewarden.server.ledger.chain import Sealer, check, newest_checkpoint, sealed_leaf_hashes
from platewarden.server.ledger.write import Signer, record
from platewarden.server.people.testing import OPERATOR
from platewarden.transparency.checkpoint import Checkpoint
from platewarden.transparency.note import NoteSigner
from platewarden.transparency.tree import Frontier

ROSA = Signer(OPERATOR, "Rosa Vega")


def write(count: int) -> list[int]:
    return [record(Act.ALERTS_DISPOSE, by=ROSA, about={"n": n}, content={"plate": f"AB1234{n}"}) for n in range(count)]


def verify(office):
    with office.as_role("purge"):
        return check()


def tamper(office, *statements: str) -> None:
    """What only a superuser of the database can do: past the triggers."""
    with office.database.connect("postgres") as superuser, superuser.transaction():
        superuser.execute("set local session_replication_role = replica")
        for statement in statements:
            assert superuser.execute(statement).rowcount > 0, statement


def said(office) -> str:
    found = verify(office)
    assert not found.holds
    return " ".join(each.sentence for each in found.wrong)


@pytest.fixture
def book(office):
    """Some sealed lines, under three checkpoints of this test."""
    leaves = []
    for _ in range(3):
        leaves += write(3)
        office.seal()
    assert verify(office).holds
    return leaves


# Sealing


def test_what_waits_is_sealed_once_and_in_order(office):
    office.seal()
    leaves = write(4)
    assert office.seal() == 4
    assert office.seal() == 0
    rows = office.ask_owner(
        "select leaf_id, tree_index from office.ledger_sealed where leaf_id = any (%s) order by tree_index", leaves
    )
    assert [leaf for leaf, _ in rows] == leaves
    assert [index for _, index in rows] == list(range(rows[0][1], rows[0][1] + 4))
    assert office.ask_owner("select count(*) from office.ledger_unsealed") == [(0,)]


def test_the_checkpoint_is_signed_over_the_root_that_anybody_can_recompute(office, book):
    with office.as_role("purge"):
        note = newest_checkpoint()
        frontier = Frontier()
        for hashed in sealed_leaf_hashes():
            frontier.append(hashed)
    checkpoint = Checkpoint.opened(note, chain.verifier())
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (chain.origin(), frontier.size, frontier.root())
    assert verify(office).root == frontier.root()


def test_a_sealer_that_was_restarted_goes_on_where_it_stopped(office):
    with office.as_role("purge"):
        first = Sealer()
        first.seal()
    write(3)
    with office.as_role("purge"):
        assert first.seal() == 3
    write(2)
    with office.as_role("purge"):
        assert Sealer().seal() == 2  # knows nothing of the first one's tree
    write(1)
    with office.as_role("purge"):
        assert first.seal() == 1  # nor it of the other's
    assert verify(office).holds


@pytest.fixture
def keeps_every_edge(monkeypatch):
    monkeypatch.setattr(chain, "EDGE_EVERY", 1)


def sealed_by(office, sealer) -> tuple[int, list[int]]:
    """How many it sealed, and where each of its readings of sealed leaves began."""
    asked: list[int] = []

    def watching(execute, sql, params, many, context):
        if "string_agg(l.body" in sql:
            asked.append(params[1])
        return execute(sql, params, many, context)

    with office.as_role("purge"), connection.execute_wrapper(watching):
        return sealer.seal(), asked


def altered_text(office, leaf_id: int) -> None:
    tamper(office, f"update office.ledger_leaf set body = replace(body, '\"v\": 1', '\"v\": 2') where leaf_id = {leaf_id}")


def test_a_sealer_that_starts_reads_the_leaves_after_the_edge_that_was_kept(office, keeps_every_edge, monkeypatch):
    write(300)
    sealed_by(office, Sealer())
    kept_at = office.ask_owner("select tree_size from office.ledger_edge")[0][0]
    monkeypatch.setattr(chain, "EDGE_EVERY", 10_000)
    write(5)
    assert sealed_by(office, Sealer()) == (5, [kept_at])
    write(1)
    assert sealed_by(office, Sealer()) == (1, [kept_at])
    assert verify(office).holds


@pytest.mark.parametrize(
    "changed",
    ["tree_size = tree_size - 1", "edge = edge[2:]", "edge[1] = sha256(edge[1])", "edge = '{}'", "tree_size = 1"],
)
def test_an_edge_that_does_not_answer_to_its_checkpoint_is_not_used(office, keeps_every_edge, changed):
    write(7)
    sealed_by(office, Sealer())
    office.ask_owner(f"update office.ledger_edge set {changed} returning 1")
    write(1)
    assert sealed_by(office, Sealer()) == (1, [0])
    assert verify(office).holds


def test_what_was_altered_after_the_edge_is_refused_and_what_was_altered_before_it_is_found(office, keeps_every_edge, monkeypatch):
    old = write(3)
    sealed_by(office, Sealer())
    monkeypatch.setattr(chain, "EDGE_EVERY", 10_000)
    young = write(3)
    sealed_by(office, Sealer())
    altered_text(office, old[0])
    write(1)
    assert sealed_by(office, Sealer())[0] == 1
    assert any(f"Leaf {old[0]} was altered" in each.sentence for each in verify(office).wrong)
    altered_text(office, young[0])
    write(1)
    with pytest.raises(Tampered):
        sealed_by(office, Sealer())


def test_two_sealers_at_once_seal_every_leaf_once(office):
    leaves = write(40)
    counts, failures = [], []

    def work() -> None:
        try:
            sealer = Sealer()
            while sealed := sealer.seal():
                counts.append(sealed)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            failures.append(error)
        finally:
            connections.close_all()

    before, chain.BATCH = chain.BATCH, 3
    try:
        with office.as_role("purge"):
            rivals = [threading.Thread(target=work) for _ in range(2)]
            for rival in rivals:
                rival.start()
            for rival in rivals:
                rival.join(60)
    finally:
        chain.BATCH = before
    assert failures == []
    assert sum(counts) >= len(leaves)
    assert office.ask_owner(
        "select count(*), count(distinct tree_index) from office.ledger_sealed where leaf_id = any (%s)", leaves
    ) == [(40, 40)]
    assert verify(office).holds


def test_a_sealer_that_was_killed_before_its_commit_sealed_nothing(office):
    office.seal()
    write(2)
    before = office.ask_owner("select count(*) from office.ledger_sealed")
    with office.as_role("purge"):
        sealer = Sealer()
        with connection.execute_wrapper(fail_on("ledger_seal(")), pytest.raises(RuntimeError):
            sealer.seal()
        assert office.ask_owner("select count(*) from office.ledger_sealed") == before
        assert sealer.seal() == 2
    assert verify(office).holds


def fail_on(words):
    def wrapper(execute, sql, params, many, context):
        if words in sql:
            raise RuntimeError(words)
        return execute(sql, params, many, context)

    return wrapper


def test_a_line_that_is_not_committed_yet_takes_its_place_later(office):
    office.seal()
    with office.database.connect("app", autocommit=False) as slow:
        early = slow.execute("select office.ledger_append('alerts.dispose', '1042', 'Rosa Vega', '', '{}', '{}')").fetchone()[0]
        (late,) = write(1)
        assert office.seal() == 1
        slow.commit()
    assert office.seal() == 1
    order = office.ask_owner("select leaf_id from office.ledger_sealed where leaf_id = any (%s) order by tree_index", [early, late])
    assert [leaf for (leaf,) in order] == [late, early]
    assert verify(office).holds


def test_lines_that_are_not_sealed_yet_are_counted(office):
    office.seal()
    write(2)
    found = verify(office)
    assert found.holds
    assert found.unsealed == 2


# Checking


def test_an_untouched_book_holds(office, book):
    found = verify(office)
    assert found.holds
    assert found.checkpoints >= 3
    assert found.leaves >= len(book)


def test_an_altered_line_is_found(office, book):
    tamper(office, f"update office.ledger_leaf set body = replace(body, 'Rosa Vega', 'Ben Adler') where leaf_id = {book[4]}")
    assert f"Leaf {book[4]} was altered" in said(office)


def test_an_altered_line_with_its_hash_made_anew_is_found(office, book):
    tamper(
        office,
        f"update office.ledger_leaf set body = replace(body, 'Rosa Vega', 'Ben Adler') where leaf_id = {book[4]}",
        f"update office.ledger_leaf set leaf_hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) where leaf_id = {book[4]}",
    )
    assert "does not answer to its signed checkpoint" in said(office)


def test_an_altered_hash_is_found(office, book):
    tamper(office, f"update office.ledger_leaf set leaf_hash = sha256('x') where leaf_id = {book[4]}")
    assert f"Leaf {book[4]} was altered" in said(office)


def test_a_byte_moved_from_one_hash_to_the_next_is_found(office, book):
    """Hashes come many at once, one behind the other."""
    first, second = office.ask_owner(
        "select leaf_hash from office.ledger_leaf where leaf_id = any (%s) order by leaf_id", list(book[4:6])
    )
    whole = bytes(first[0]) + bytes(second[0])
    for leaf, altered in zip(book[4:6], (whole[:31], whole[31:]), strict=True):
        tamper(office, f"update office.ledger_leaf set leaf_hash = '\\x{altered.hex()}' where leaf_id = {leaf}")
    assert f"Leaf {book[4]} was altered: its text" in said(office)


@pytest.mark.parametrize("erased", [False, True])
def test_what_a_line_is_about_does_not_speak_for_its_columns(office, erased):
    """Names inside `about` look like those of the line itself to whoever compares text."""
    leaf = record(Act.ALERTS_DISPOSE, by=ROSA, about={"member": "1077", "content": "0" * 64, "purpose": "x", "act": "alerts.look"})
    office.seal()
    if erased:
        tamper(office, f"delete from plates.ledger_content where leaf_id = {leaf}")
    assert verify(office).holds
    tamper(office, f"update office.ledger_leaf set member_number = '1077' where leaf_id = {leaf}")
    assert f"Leaf {leaf} was altered: its time, act or member" in said(office)


@pytest.mark.parametrize(
    "body", ["", "no line", "two\nlines", "\n", '{"at": "never"}', '{"at": "2026-13-45T99:00Z"}', "[" * 100_000]
)
def test_a_line_that_is_no_line_any_more_is_found_like_any_other(office, book, body):
    with office.database.connect("postgres") as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("update office.ledger_leaf set body = %s where leaf_id = %s", [body, book[4]])
    assert f"Leaf {book[4]} was altered" in said(office)


@pytest.mark.parametrize(
    "change", ["member_number = '1077'", "member_number = null", "act = 'alerts.look'", "at = at - interval '1 day'"]
)
def test_what_pages_look_up_must_say_what_the_line_says(office, book, change):
    tamper(office, f"update office.ledger_leaf set {change} where leaf_id = {book[4]}")
    assert f"Leaf {book[4]} was altered: its time, act or member" in said(office)


def test_a_removed_leaf_is_found(office, book):
    tamper(office, f"delete from office.ledger_leaf where leaf_id = {book[4]}")
    assert "leaves were" in said(office)


def test_a_leaf_removed_with_its_place_is_found(office, book):
    tamper(
        office,
        f"delete from office.ledger_sealed where leaf_id = {book[4]}",
        f"delete from office.ledger_leaf where leaf_id = {book[4]}",
        f"delete from plates.ledger_content where leaf_id = {book[4]}",
    )
    assert "leaves were" in said(office)


def test_the_newest_leaves_removed_are_found(office, book):
    tamper(
        office,
        f"delete from office.ledger_sealed where leaf_id = {book[-1]}",
        f"delete from office.ledger_leaf where leaf_id = {book[-1]}",
    )
    assert "leaves were removed" in said(office)


def test_leaves_in_another_order_are_found(office, book):
    one, other = book[3], book[4]
    tamper(
        office,
        f"update office.ledger_sealed set tree_index = -1 - tree_index where leaf_id in ({one}, {other})",
        f"update office.ledger_sealed s set tree_index = (select -1 - o.tree_index from office.ledger_sealed o where o.leaf_id = {one + other} - s.leaf_id)"
        f" where leaf_id = {one}",
        f"update office.ledger_sealed s set tree_index = (select min(i) from generate_series((select min(tree_index) from office.ledger_sealed where"
        f" tree_index >= 0), (select max(tree_index) from office.ledger_sealed)) i where i not in (select tree_index from office.ledger_sealed))"
        f" where leaf_id = {other}",
    )
    assert "changed or reordered" in said(office)


def test_a_leaf_slipped_in_between_is_found(office, book):
    tamper(
        office,
        "insert into office.ledger_leaf (at, act, member_number, body, leaf_hash) select at, act, member_number, body, leaf_hash"
        f" from office.ledger_leaf where leaf_id = {book[4]}",
    )
    assert "slipped in" in said(office)
    with office.database.connect("postgres") as superuser:
        place = superuser.execute("select tree_index from office.ledger_sealed where leaf_id = %s", [book[4]]).fetchone()[0]
    tamper(
        office,
        f"update office.ledger_sealed set tree_index = tree_index + 1000000 where tree_index >= {place}",
        f"insert into office.ledger_sealed select {place}, max(leaf_id) from office.ledger_leaf",
        "update office.ledger_sealed set tree_index = tree_index - 999999 where tree_index >= 1000000",
    )
    assert "changed or reordered" in said(office)


def test_altered_words_are_found_and_nothing_of_them_is_said(office, book):
    tamper(office, f"update plates.ledger_content set body = replace(body, 'AB12341', 'XY98765') where leaf_id = {book[1]}")
    sentences = said(office)
    assert f"The content of leaf {book[1]} was altered" in sentences
    assert "XY98765" not in sentences


def test_words_whose_beginning_was_moved_into_the_salt_are_found(office, book):
    """Salt and words are hashed one after the other: where one ends and the other begins must be fixed."""
    tamper(
        office,
        f"update plates.ledger_content set salt = salt || substr(convert_to(body, 'UTF8'), 1, 1), body = substr(body, 2) where leaf_id = {book[1]}",
    )
    assert f"The content of leaf {book[1]} was altered" in said(office)


def test_erased_words_are_erased_and_not_altered(office, book):
    with office.database.connect("postgres") as superuser:
        (day,) = superuser.execute(
            "select tableoid::regclass::text from plates.ledger_content where leaf_id = %s", [book[0]]
        ).fetchone()
        superuser.execute(f"drop table {day}")
        assert superuser.execute("select count(*) from plates.ledger_content").fetchone() == (0,)
    assert verify(office).holds


def test_a_checkpoint_signed_by_a_foreign_key_is_found(office, book):
    with office.as_role("purge"):
        ours = Checkpoint.opened(newest_checkpoint(), chain.verifier())
    foreign = ours.signed(NoteSigner(chain.origin(), Ed25519PrivateKey.generate()))
    with office.database.connect("postgres") as superuser, superuser.transaction():
        superuser.execute("set local session_replication_role = replica")
        superuser.execute("update office.ledger_checkpoint set note = %s where tree_size = %s", [foreign, ours.size])
    assert "not signed by this ledger's key" in said(office)


def test_a_root_that_differs_from_the_signed_note_is_found(office, book):
    tamper(
        office,
        "update office.ledger_checkpoint set root = sha256('x') where tree_size = (select max(tree_size) from office.ledger_checkpoint)",
    )
    assert "does not answer to its signed checkpoint" in said(office)


def test_removed_checkpoints_are_found(office, book):
    tamper(office, "delete from office.ledger_checkpoint where tree_size = (select max(tree_size) from office.ledger_checkpoint)")
    assert "under no checkpoint" in said(office)


def test_a_line_taken_out_of_the_sealers_queue_is_found(office, book):
    write(1)
    tamper(office, "delete from office.ledger_unsealed")
    assert "slipped in" in said(office)


def test_the_check_sees_no_words(office, book):
    """It runs as the night round's login, which has no right to read them."""
    with office.as_role("purge"), connection.cursor() as cursor:
        with pytest.raises(Exception, match="permission denied"):
            cursor.execute("select body from plates.ledger_content")
        cursor.execute("select * from office.ledger_altered()")
        assert [column.name for column in cursor.description] == ["leaf_id", "its_columns", "its_content"]


def test_a_leaf_is_text_that_anybody_can_hash(office, book):
    import hashlib

    body, stored = office.ask_owner("select body, leaf_hash from office.ledger_leaf where leaf_id = %s", book[0])[0]
    assert hashlib.sha256(b"\0" + body.encode()).digest() == stored
    assert json.loads(body)["about"] == {"n": 0}


@pytest.mark.parametrize("also", [(), ("delete from office.ledger_checkpoint",)])
def test_a_sealer_that_starts_signs_nothing_on_top_of_an_altered_tree(office, also):
    office.seal()
    tamper(
        office,
        "update office.ledger_leaf set body = replace(body, '\"v\": 1', '\"v\": 2') where leaf_id = 3",
        "update office.ledger_leaf set leaf_hash = sha256('\\x00'::bytea || convert_to(body, 'UTF8')) where leaf_id = 3",
        *also,
    )
    write(1)
    before = office.ask_owner("select count(*) from office.ledger_checkpoint")
    with pytest.raises(Tampered, match="last signed checkpoint"):
        office.seal()
    assert office.ask_owner("select count(*) from office.ledger_checkpoint") == before


# A thousand changes


CHANGES = 1000
COLUMNS = {
    "office.ledger_leaf": ("leaf_id", "at", "act", "member_number", "body", "leaf_hash"),
    "office.ledger_sealed": ("tree_index", "leaf_id"),
    "office.ledger_checkpoint": ("tree_size", "root", "note"),
    "plates.ledger_content": ("salt", "body"),
}


def other_than(chance: random.Random, value):
    """The value with one thing in it different."""
    match value:
        case None:
            return "1077"
        case str():
            at = chance.randrange(len(value))
            return value[:at] + chance.choice([each for each in '"{}\\ 0aZ\u00e9\n' if each != value[at]]) + value[at + 1 :]
        case bytes():
            at = chance.randrange(len(value))
            return value[:at] + bytes([value[at] ^ 1 << chance.randrange(8)]) + value[at + 1 :]
        case int():
            return value + chance.choice((-1, 1, 7, 1000))
        case datetime():
            return value + timedelta(milliseconds=chance.choice((-1, 1, 86_400_000)))
    raise AssertionError(type(value))


def change_one(superuser, chance: random.Random) -> tuple[str, str]:
    """The table that was changed, and how: a value, a row that is gone, or two rows that changed places."""
    table = chance.choice(list(COLUMNS))
    column = chance.choice(COLUMNS[table])
    rows = superuser.execute(f"select ctid::text, {column} from {table} order by 2").fetchall()
    (place, value), (_, another) = chance.sample(rows, 2)
    how = chance.choice(("value", "value", "gone", "swapped"))
    if how == "gone" and table in ("office.ledger_leaf", "office.ledger_sealed"):
        superuser.execute(f"delete from {table} where ctid = %s::tid", [place])
        return table, f"{column} {value!r}: row removed"
    if how == "swapped" and table == "office.ledger_sealed":
        first, second = (
            superuser.execute("select ctid::text, tree_index, leaf_id from office.ledger_sealed order by random() limit 2")
        ).fetchall()
        superuser.execute("delete from office.ledger_sealed where ctid in (%s::tid, %s::tid)", [first[0], second[0]])
        superuser.execute(
            "insert into office.ledger_sealed (tree_index, leaf_id) values (%s, %s), (%s, %s)",
            [first[1], second[2], second[1], first[2]],
        )
        return table, f"{first[1:]} and {second[1:]} changed places"
    wanted = another if how == "swapped" and column in ("body", "leaf_hash", "note", "root") and another != value else None
    wanted = other_than(chance, value) if wanted is None else wanted
    superuser.execute(f"update {table} set {column} = %s where ctid = %s::tid", [wanted, place])
    return table, f"{column}: {value!r} became {wanted!r}"


@pytest.mark.slow
def test_each_of_a_thousand_changes_by_a_superuser_is_found(office, book):
    chance, missed = random.Random(427), []
    with office.database.connect("postgres") as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("alter table office.ledger_leaf alter leaf_id drop identity")
        for table in COLUMNS:
            superuser.execute(f"create table {table}_kept as table {table}")
        for _ in range(CHANGES):
            while True:
                try:
                    table, how = change_one(superuser, chance)
                    break
                except psycopg.errors.IntegrityError:  # a key that is there: the database itself refused
                    continue
            if verify(office).holds:
                missed.append(how)
            superuser.execute(f"delete from {table}")
            superuser.execute(f"insert into {table} table {table}_kept")
    assert missed == []
    assert verify(office).holds
