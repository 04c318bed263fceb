-- No access record, no look. The record is committed before the look; the door takes nothing but its id.

-- Who is signed in, by the SHA-256 of a second random cookie. Written by the sign-in role, read only by open_access.
create table office.signed_in (
    cookie_sha256 bytea primary key check (length(cookie_sha256) = 32),
    member_id     bigint not null,
    member_number text not null,
    member_name   text not null,
    signed_in_at  timestamptz not null default clock_timestamp(),
    until_at      timestamptz not null,
    ended_at      timestamptz
);
create index signed_in_member on office.signed_in (member_id);

create table office.access_record (
    access_id     uuid primary key default gen_random_uuid(),
    db_role       name not null,
    xid           xid8 not null,
    opened_at     timestamptz not null,
    until_at      timestamptz not null,
    member_id     bigint not null,
    member_number text not null,
    member_name   text not null,
    purpose       text not null,
    act           text not null,                 -- the one door it opens
    leaf_id       bigint not null references office.ledger_leaf
);
create index access_record_member on office.access_record (member_id, opened_at);

-- What was shown: written by the door itself. One look a record.
create table office.access_shown (
    access_id uuid primary key references office.access_record,
    shown     int not null,
    at        timestamptz not null default clock_timestamp()
);

create table plates.access_terms (
    access_id uuid not null,
    opened_at timestamptz not null,
    reference text not null,                     -- case, action or shift number
    terms     jsonb not null,                    -- what is asked, whole
    primary key (access_id, opened_at)
) partition by range (opened_at);

create trigger append_only before update or delete on office.access_record for each row execute function office.refuse_change();
create trigger append_only_all before truncate on office.access_record for each statement execute function office.refuse_change();
create trigger append_only before update or delete on office.access_shown for each row execute function office.refuse_change();
create trigger append_only_all before truncate on office.access_shown for each statement execute function office.refuse_change();
create trigger append_only before update or delete on plates.access_terms for each row execute function office.refuse_change();
create trigger append_only_all before truncate on plates.access_terms for each statement execute function office.refuse_change();

create function office.open_access(cookie bytea, the_act text, the_purpose text, the_reference text, the_terms jsonb)
returns table (access_id uuid, opened_at timestamptz, until_at timestamptz, leaf_id bigint, whose bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in;
    line bigint;
    new_access uuid := gen_random_uuid();
    stamped timestamptz := clock_timestamp();
begin
    perform set_config('synchronous_commit', 'on', true);
    select * into who from office.signed_in s
        where s.cookie_sha256 = sha256(cookie) and s.ended_at is null and s.until_at > stamped;
    if not found then
        raise exception 'nobody is signed in with this key' using errcode = '28000';
    end if;
    if office.ledger_is_behind() then
        raise exception 'the ledger is not being sealed' using errcode = '57P03';
    end if;
    line := office.ledger_write(the_act, who.member_number, who.member_name, the_purpose,
        jsonb_build_object('access', new_access), jsonb_build_object('reference', the_reference, 'terms', the_terms));
    insert into office.access_record values (new_access, session_user, pg_current_xact_id(), stamped, stamped + interval '300 s',
        who.member_id, who.member_number, who.member_name, the_purpose, the_act, line);
    insert into plates.access_terms values (new_access, stamped, the_reference, the_terms);
    return query select new_access, stamped, stamped + interval '300 s', line, who.member_id;
end $$;

-- The gate inside every door: the record is committed, flushed, this login's, for this door, fresh and unused.
-- A commit that the caller made asynchronous becomes visible before it is on disk. So the record must be committed in a
-- snapshot taken before the log's insert position is read: its commit then lies before that position, and the door waits
-- until that much is flushed: at once when the record was committed as the desk does it, and otherwise by the next commit
-- of anybody, at the latest the sealer's (half a second). A commit that slips in between the two is refused, not waited for.
create function office.pass_gate(the_access uuid, the_act text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    committed_by_now pg_snapshot := pg_current_snapshot();
    position_now pg_lsn := pg_current_wal_insert_lsn();  -- after the snapshot; before this function reads, and so writes, anything
    found_terms jsonb;
begin
    select t.terms into found_terms from office.access_record r
        join plates.access_terms t on t.access_id = r.access_id and t.opened_at = r.opened_at
        where r.access_id = the_access and r.db_role = session_user and r.act = the_act
          and r.until_at > clock_timestamp()
          and r.xid is distinct from pg_current_xact_id_if_assigned()
          and pg_visible_in_snapshot(r.xid, committed_by_now)
          and not exists (select from office.access_shown s where s.access_id = r.access_id);
    if not found then
        raise exception 'no access record, no look' using errcode = '42501';
    end if;
    for i in 1 .. 1500 loop
        exit when pg_current_wal_flush_lsn() >= position_now;
        if i = 1500 then
            raise exception 'the access record is not on disk yet' using errcode = '57P03';
        end if;
        perform pg_sleep(0.002);
    end loop;
    return found_terms;
end $$;

create function office.note_shown(the_access uuid, how_many int) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
    insert into office.access_shown (access_id, shown) values (the_access, how_many)
$$;

grant select on office.signed_in to {door};
grant select, insert on office.access_record, office.access_shown, plates.access_terms to {door};
alter function office.open_access(bytea, text, text, text, jsonb) owner to {door};
alter function office.pass_gate(uuid, text) owner to {door};
alter function office.note_shown(uuid, int) owner to {door};
