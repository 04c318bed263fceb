-- Whether an entry that was in force at a moment has run out since.
create function plates.ran_out_since(moment timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from plates.hotlist_entry e where e.expires_at > moment and e.expires_at <= clock_timestamp()
        and (exists (select from office.hotlists_load l where l.id = e.load_id and l.state = 'in force')
            or (e.load_id is null and exists (
                select from office.hotlists_bolo b where b.entry_id = e.entry_id and b.state = 'approved'))))
$$;
alter function plates.ran_out_since(timestamptz) owner to {door};
