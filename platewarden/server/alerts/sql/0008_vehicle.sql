-- A hit knows the vehicle and the instructions of its entry.
alter table plates.hit add column vehicle text not null default '', add column instructions text not null default '';
alter table plates.hit_held add column vehicle text not null default '', add column instructions text not null default '';

create or replace function plates.write_hit(
    the_hit uuid, the_read uuid, taken timestamptz, the_plate text, by_whom text, the_tier text, the_doubts text[],
    the_confusions jsonb, the_entry uuid, entry_loaded timestamptz
) returns table (is_urgent boolean, is_silent boolean, of_source bigint)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into plates.hit (hit_id, captured_at, read_id, plate, found_by, tier, doubts, confusions, entry_id, entry_loaded_at,
            listed_text, listed_state, is_pattern, category, approach, caution, urgent, reason, reference, author, expires_at, vehicle,
            instructions)
        select the_hit, taken, the_read, the_plate, by_whom, the_tier, the_doubts, the_confusions, e.entry_id, e.loaded_at,
            e.text, e.state, e.is_pattern, e.category, e.approach, e.caution, e.urgent, e.reason, e.reference, e.author, e.expires_at,
            e.vehicle, e.instructions
        from plates.hotlist_entry e where e.entry_id = the_entry and e.loaded_at = entry_loaded
        on conflict do nothing
        returning urgent, approach = 'silent', (
            select l.source_id from plates.hotlist_entry e join office.hotlists_load l on l.id = e.load_id
                where e.entry_id = the_entry and e.loaded_at = entry_loaded)
$$;

-- Entries that a unit's edition held, in force here or not any more. A BOLO that nobody approved was in no edition, withdrawn or not.
create or replace function plates.entries_by_id(ids uuid[]) returns table (
    entry_id uuid, loaded_at timestamptz, text text, is_pattern boolean, state text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.entry_id, e.loaded_at, e.text::text, e.is_pattern, e.state::text from plates.hotlist_entry e where e.entry_id = any (ids)
        and (e.load_id is not null or exists (
            select from office.hotlists_bolo b where b.entry_id = e.entry_id and b.decided_at is not null
              and b.state in ('approved', 'withdrawn')))
$$;
