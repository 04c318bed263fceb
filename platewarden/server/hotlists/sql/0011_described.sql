-- A list is opened only of a source that somebody described: who owns it, and so whether it is confidential (427.4(e)).
create or replace function office.open_load(the_source bigint, the_digest bytea, who text, stamped timestamptz, made timestamptz) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    new_id bigint;
begin
    perform from office.hotlists_source s where s.id = the_source and s.owner <> '' for share;
    if not found then
        raise exception 'nobody has described this source: its owner, and whether it is confidential' using errcode = '42501';
    end if;
    insert into office.hotlists_load (source_id, number, state, loaded_at, loaded_by, entries, digest, made_at)
        values (the_source, coalesce((select max(l.number) from office.hotlists_load l where l.source_id = the_source), 0) + 1,
            'filling', stamped, who, 0, the_digest, made)
        returning id into new_id;
    return new_id;
end $$;
