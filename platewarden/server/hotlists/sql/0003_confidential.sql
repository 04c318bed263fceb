-- The edition names the confidential source of an entry, so that the car knows whom to show it.
drop function plates.edition_entries();
create function plates.edition_entries() returns table (
    entry_id uuid, text text, is_pattern boolean, state text, category text, approach text, caution boolean, urgent boolean, expires_at timestamptz,
    confidential text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.entry_id, e.text::text, e.is_pattern, e.state::text, e.category, e.approach, e.caution, e.urgent, e.expires_at, s.name::text
    from plates.entries_in_force e
    left join office.hotlists_load l on l.id = e.load_id
    left join office.hotlists_source s on s.id = l.source_id and s.is_confidential
$$;
grant select on office.hotlists_source to {door};
alter function plates.edition_entries() owner to {door};
