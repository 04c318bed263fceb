-- A hit knows its entry's source, and a door shows a confidential one whole only to members authorized for that source.
drop function plates.write_hit(uuid, uuid, timestamptz, text, text, text, text[], jsonb, uuid, timestamptz);
create function plates.write_hit(
    the_hit uuid, the_read uuid, taken timestamptz, the_plate text, by_whom text, the_tier text, the_doubts text[],
    the_confusions jsonb, the_entry uuid, entry_loaded timestamptz
) returns table (is_urgent boolean, is_silent boolean, of_source bigint)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into plates.hit (hit_id, captured_at, read_id, plate, found_by, tier, doubts, confusions, entry_id, entry_loaded_at,
            listed_text, listed_state, is_pattern, category, approach, caution, urgent, reason, reference, author, expires_at)
        select the_hit, taken, the_read, the_plate, by_whom, the_tier, the_doubts, the_confusions, e.entry_id, e.loaded_at,
            e.text, e.state, e.is_pattern, e.category, e.approach, e.caution, e.urgent, e.reason, e.reference, e.author, e.expires_at
        from plates.hotlist_entry e where e.entry_id = the_entry and e.loaded_at = entry_loaded
        on conflict do nothing
        returning urgent, approach = 'silent', (
            select l.source_id from plates.hotlist_entry e join office.hotlists_load l on l.id = e.load_id
                where e.entry_id = the_entry and e.loaded_at = entry_loaded)
$$;

-- Whether a member may see what a source says. A BOLO has no source; one that is not confidential is open.
create function plates.may_see_source(the_source bigint, the_member text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select the_source is null
        or exists (select from office.hotlists_source s where s.id = the_source and not s.is_confidential)
        or exists (select from office.hotlists_source s
            join office.people_authorization a on a.source = s.name
            where s.id = the_source and a.member_id = the_member and a.withdrawn_at is null
              and a.since_at <= clock_timestamp() and a.until_at > clock_timestamp())
$$;

-- Door: alerts with their reads and what was written about them. Terms: alerts (ids). One row an alert.
create or replace function plates.alert_cards(the_access uuid) returns table (
    alert_id bigint, hit jsonb, seen jsonb, notes jsonb, earlier_wrong int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'alerts.look');
    who text := (select r.member_number from office.access_record r where r.access_id = the_access);
    shown int;
begin
    return query
        select a.id, case when s.ok then to_jsonb(h) else '{}' end, to_jsonb(r), case when s.ok then (
            select coalesce(jsonb_agg(to_jsonb(n) order by n.written_at), '[]') from plates.alert_note n
                where n.hit_id = h.hit_id and n.captured_at = h.captured_at) else '[]' end, case when s.ok then (
            select count(*)::int from plates.hit o
                join office.alerts_alert oa on oa.hit_id = o.hit_id
                join office.alerts_disposition d on d.alert_id = oa.id
                where o.plate = h.plate and o.entry_id = h.entry_id and o.hit_id <> h.hit_id
                  and d.outcome in ('misread', 'wrong state', 'stale entry', 'different vehicle')) else 0 end
        from office.alerts_alert a
        join plates.hit h on h.hit_id = a.hit_id and h.captured_at = a.captured_at
        join plates.reads r on r.plate = h.plate and r.captured_at = h.captured_at and r.read_id = h.read_id
        cross join lateral (select plates.may_see_source(a.source_id, who) as ok) s
        where a.id in (select v::bigint from jsonb_array_elements_text(terms -> 'alerts') v)
        order by a.id desc limit 200;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

grant select on office.people_authorization to {door};
alter function plates.write_hit(uuid, uuid, timestamptz, text, text, text, text[], jsonb, uuid, timestamptz) owner to {door};
alter function plates.may_see_source(bigint, text) owner to {door};
