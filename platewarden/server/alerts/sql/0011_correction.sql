-- A corrected reading is matched again: what no longer answers is withdrawn, what answers now is an alert found by its correction.
alter table plates.hit drop constraint hit_found_by_check, add constraint hit_found_by_check
    check (found_by in ('unit', 'office', 'correction'));
alter table plates.hit_held drop constraint hit_found_by_check, add constraint hit_found_by_check
    check (found_by in ('unit', 'office', 'correction'));

insert into office.reserved_act (act, is_look, is_search) values ('alerts.correct', true, false);

-- Door: corrects a reading, or takes its corrections back (no plate), by the member who opened the access. Terms: read, captured_at, saw
-- (the number of the newest correction that the member saw); the text is no term, for terms outlive a read. What came of it, and for the
-- matcher, which decides: the reading as it stands now, the entries of its hits as they stood when they were hit, and the entries in
-- force that it may answer.
create function plates.correct_read(
    the_access uuid, the_plate text, the_state text, why text, said text, the_grams int[]
) returns table (outcome text, correction int, reading jsonb, hits jsonb, entries jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'alerts.correct');
    the_read uuid := (terms ->> 'read')::uuid;
    taken timestamptz := (terms ->> 'captured_at')::timestamptz;
begin
    select n.* into outcome, correction from plates.note_correction(the_access, the_read, taken, (terms ->> 'saw')::int, the_plate,
        the_state, why, said, the_grams) n;
    perform office.note_shown(the_access, case when outcome = 'kept' then 1 else 0 end);
    if outcome <> 'kept' then
        return query select outcome, null::int, null::jsonb, null::jsonb, null::jsonb;
        return;
    end if;
    return query
        select outcome, correction,
            case when c.plate is null then jsonb_build_object('plate', r.plate, 'state', r.state, 'state_confidence', r.state_confidence,
                        'confidence', r.confidence, 'candidates', r.candidates)
                    else jsonb_build_object('plate', c.plate, 'state', c.state, 'state_confidence', null, 'confidence', 1,
                        'candidates', '[]'::jsonb) end || jsonb_build_object('unit_id', r.unit_id, 'is_corrected', c.plate is not null),
            (select coalesce(jsonb_agg(jsonb_build_object('hit_id', h.hit_id, 'text', h.listed_text, 'is_pattern', h.is_pattern,
                    'state', h.listed_state)), '[]')
                from (select * from plates.hit i where i.read_id = the_read and i.captured_at = taken
                    union all select * from plates.hit_held i where i.read_id = the_read and i.captured_at = taken) h),
            (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from plates.propose(case when c.plate is null
                then array(select plates.fold(r.plate) union select plates.fold(x ->> 0) from jsonb_array_elements(r.candidates) x)
                else array[plates.fold(c.plate)] end) p)
        from plates.reads_kept(array[the_read], taken, taken + interval '1 us') r
            left join plates.corrected c on c.read_id = r.read_id and c.captured_at = r.captured_at;
end $$;

-- Writes a hit of a reading that was corrected, with a copy of its entry; under the text that stands. No row comes back when it was there
-- already, or nobody corrected the read.
create function plates.write_corrected_hit(
    the_hit uuid, the_read uuid, taken timestamptz, the_tier text, the_doubts text[], the_confusions jsonb, the_entry uuid,
    entry_loaded timestamptz
) returns table (is_urgent boolean, is_silent boolean, of_source bigint)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select w.* from plates.reads_kept(array[the_read], taken, taken + interval '1 us') r
        left join plates.corrected c on c.read_id = r.read_id and c.captured_at = r.captured_at
        cross join lateral plates.write_hit(the_hit, the_read, taken, coalesce(c.plate, r.plate), 'correction', the_tier, the_doubts,
            the_confusions, the_entry, entry_loaded) w
    where exists (select from plates.corrections x where x.read_id = the_read and x.captured_at = taken)
$$;

-- Door: alerts with their reads and what was written about them. Terms: alerts (ids). One row an alert; `seen` is {} when the
-- read was purged before its hit.
create or replace function plates.alert_cards(the_access uuid) returns table (
    alert_id bigint, hit jsonb, seen jsonb, notes jsonb, earlier_wrong int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'alerts.look');
    who text := (select r.member_number from office.access_record r where r.access_id = the_access);
    shown int;
begin
    return query
        select a.id, case when s.ok then to_jsonb(h) else '{}' end, coalesce((
            select to_jsonb(r) || jsonb_build_object('corrections', (
                    select plates.said_of(c.read_id, c.captured_at) from plates.corrections c
                    where c.read_id = h.read_id and c.captured_at = h.captured_at limit 1))
                from plates.reads_kept(array[h.read_id], h.captured_at, h.captured_at + interval '1 us') r limit 1), '{}'),
            case when s.ok then (
            select coalesce(jsonb_agg(to_jsonb(n) order by n.written_at), '[]') from (
                select * from plates.alert_note w where w.hit_id = h.hit_id and w.captured_at = h.captured_at
                union all select * from plates.alert_note_held k where k.hit_id = h.hit_id and k.captured_at = h.captured_at) n
            ) else '[]' end, case when s.ok then (
            select count(*)::int from (select o.hit_id, o.plate, o.entry_id from plates.hit o
                    union all select o.hit_id, o.plate, o.entry_id from plates.hit_held o) o
                join office.alerts_alert oa on oa.hit_id = o.hit_id
                left join office.alerts_disposition d on d.alert_id = oa.id
                where o.plate = h.plate and o.entry_id = h.entry_id and o.hit_id <> h.hit_id
                  and (oa.state = 'withdrawn' or d.outcome in ('misread', 'wrong state', 'stale entry', 'different vehicle')))
            else 0 end
        from office.alerts_alert a
        cross join lateral (
            select * from plates.hit f where f.hit_id = a.hit_id and f.captured_at = a.captured_at
            union all select * from plates.hit_held k where k.hit_id = a.hit_id and k.captured_at = a.captured_at limit 1) h
        cross join lateral (select plates.may_see_source(a.source_id, who) as ok) s
        where a.id in (select v::bigint from jsonb_array_elements_text(terms -> 'alerts') v)
        order by a.id desc limit 200;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

grant execute on function plates.propose(text[]),
    plates.write_hit(uuid, uuid, timestamptz, text, text, text, text[], jsonb, uuid, timestamptz) to {door};
alter function plates.correct_read(uuid, text, text, text, text, int[]) owner to {door};
alter function plates.write_corrected_hit(uuid, uuid, timestamptz, text, text[], jsonb, uuid, timestamptz) owner to {door};
