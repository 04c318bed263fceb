-- A load knows when its source made it; and an entry that the load before had already keeps its id, so that what was found wrong about it
-- is remembered and a unit need not fetch it again.
drop function office.open_load(bigint, bytea, text, timestamptz);
create function office.open_load(the_source bigint, the_digest bytea, who text, stamped timestamptz, made timestamptz) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into office.hotlists_load (source_id, number, state, loaded_at, loaded_by, entries, digest, made_at)
        values (the_source, coalesce((select max(l.number) from office.hotlists_load l where l.source_id = the_source), 0) + 1,
            'filling', stamped, who, 0, the_digest, made)
        returning id
$$;

create or replace function plates.add_entries(the_load bigint, stamped timestamptz, entries jsonb) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    added int;
    before office.hotlists_load;
begin
    perform pg_advisory_xact_lock(4270012, the_load::int);
    if not exists (select from office.hotlists_load l where l.id = the_load and l.state = 'filling' and l.loaded_at = stamped) then
        raise exception 'entries are added to a load that is being filled, and to no other' using errcode = '42501';
    end if;
    select * into before from office.hotlists_load l where l.state = 'in force'
        and l.source_id = (select m.source_id from office.hotlists_load m where m.id = the_load);
    insert into plates.hotlist_entry
        select coalesce(case when e.is_pattern
                then (select o.entry_id from plates.hotlist_entry o where o.is_pattern and o.load_id = before.id
                    and o.loaded_at = before.loaded_at and o.text = e.text and o.state is not distinct from e.state
                    and o.reference = e.reference limit 1)
                else (select o.entry_id from plates.hotlist_entry o where not o.is_pattern and o.fold = e.fold and o.load_id = before.id
                    and o.loaded_at = before.loaded_at and o.text = e.text and o.state is not distinct from e.state
                    and o.reference = e.reference limit 1)
                end, e.entry_id), stamped, the_load, e.text, e.fold, e.is_pattern, e.state, e.category, e.approach, e.caution, e.urgent,
               e.reason, e.reference, e.author, e.expires_at, coalesce(e.vehicle, ''), coalesce(e.instructions, '')
        from jsonb_to_recordset(entries) as e (entry_id uuid, text text, fold text, is_pattern boolean, state text, category text,
             approach text, caution boolean, urgent boolean, reason text, reference text, author text, expires_at timestamptz,
             vehicle text, instructions text);
    get diagnostics added = row_count;
    return added;
end $$;

-- An entry that a unit's edition held, as its newest load has it.
create or replace function plates.entries_by_id(ids uuid[]) returns table (
    entry_id uuid, loaded_at timestamptz, text text, is_pattern boolean, state text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select distinct on (e.entry_id) e.entry_id, e.loaded_at, e.text::text, e.is_pattern, e.state::text
    from plates.hotlist_entry e where e.entry_id = any (ids)
        and ((e.load_id is not null and exists (select from office.hotlists_load l where l.id = e.load_id and l.state <> 'filling'))
            or exists (select from office.hotlists_bolo b where b.entry_id = e.entry_id and b.decided_at is not null
                and b.state in ('approved', 'withdrawn')))
    order by e.entry_id, e.loaded_at desc
$$;
