-- What is looked for. Entries arrive by a load of a source (a whole new list each time) or one by one as a BOLO.

create table plates.hotlist_entry (
    entry_id      uuid not null,
    loaded_at     timestamptz not null,
    load_id       bigint,                        -- null: a BOLO made here
    text          text collate "C" not null,     -- a plate, or a pattern
    fold          text collate "C" not null,
    is_pattern    boolean not null,
    state         text collate "C",              -- null: a stated "unknown"
    category      text not null,
    approach      text not null,
    caution       boolean not null,
    urgent        boolean not null,
    reason        text not null,
    reference     text not null,                 -- case or source number
    author        text not null,                 -- member number, or the source's name
    expires_at    timestamptz,
    primary key (entry_id, loaded_at)
) partition by range (loaded_at);
create index hotlist_entry_fold on plates.hotlist_entry (fold) where not is_pattern;
create index hotlist_entry_pattern on plates.hotlist_entry (load_id) where is_pattern;
create index hotlist_entry_load on plates.hotlist_entry (load_id);

create or replace function plates.spanned() returns table (parent text, is_date boolean) language sql immutable as $$
    values ('reads', false), ('plate_seen', true), ('ledger_content', false), ('access_terms', false), ('hotlist_entry', false)
$$;

-- Adds entries to a load or as a BOLO. Write-only for the application.
create function plates.add_entries(the_load bigint, stamped timestamptz, entries jsonb) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    added int;
begin
    insert into plates.hotlist_entry
        select e.entry_id, stamped, the_load, e.text, e.fold, e.is_pattern, e.state, e.category, e.approach, e.caution, e.urgent,
               e.reason, e.reference, e.author, e.expires_at
        from jsonb_to_recordset(entries) as e (entry_id uuid, text text, fold text, is_pattern boolean, state text, category text,
             approach text, caution boolean, urgent boolean, reason text, reference text, author text, expires_at timestamptz);
    get diagnostics added = row_count;
    return added;
end $$;

-- Entries in force: of each source its newest load in force, and BOLOs approved, not withdrawn, not expired.
create view plates.entries_in_force as
    select e.* from plates.hotlist_entry e
    where (e.expires_at is null or e.expires_at > clock_timestamp())
      and (exists (select from office.hotlists_load l where l.id = e.load_id and l.state = 'in force')
           or (e.load_id is null and exists (
               select from office.hotlists_bolo b where b.entry_id = e.entry_id and b.state = 'approved')));

-- Proposals for a batch of reads: whatever shares a fold, and every pattern. The matcher decides. Two questions, each with
-- its own index: as one with an `or` it read the whole list for every read.
create function plates.propose(folds text[]) returns table (entry_id uuid, loaded_at timestamptz, text text, is_pattern boolean, state text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.entry_id, e.loaded_at, e.text::text, e.is_pattern, e.state::text from plates.entries_in_force e
    where not e.is_pattern and e.fold = any (folds)
    union all
    select e.entry_id, e.loaded_at, e.text::text, e.is_pattern, e.state::text from plates.entries_in_force e
    where e.is_pattern
$$;

-- The match part of everything in force, for the edition that units carry.
create function plates.edition_entries() returns table (
    entry_id uuid, text text, is_pattern boolean, state text, category text, approach text, caution boolean, urgent boolean, expires_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.entry_id, e.text::text, e.is_pattern, e.state::text, e.category, e.approach, e.caution, e.urgent, e.expires_at
    from plates.entries_in_force e
$$;

-- Door: BOLOs, newest first. Terms: limit, and silent: whether silent ones are shown that are not the member's own.
create function plates.bolos(the_access uuid) returns setof plates.hotlist_entry
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'hotlists.bolos');
    shown int;
begin
    return query select e.* from plates.hotlist_entry e
        where e.load_id is null and (e.approach <> 'silent' or coalesce((terms ->> 'silent')::boolean, false)
            or e.author = (select a.member_number from office.access_record a where a.access_id = the_access))
        order by e.loaded_at desc limit least((terms ->> 'limit')::int, 1000);
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

grant select, insert on plates.hotlist_entry to {door};
grant select on plates.entries_in_force, office.hotlists_load, office.hotlists_bolo to {door};
alter function plates.add_entries(bigint, timestamptz, jsonb) owner to {door};
alter function plates.propose(text[]) owner to {door};
alter function plates.edition_entries() owner to {door};
alter function plates.bolos(uuid) owner to {door};
