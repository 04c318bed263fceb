-- Hits and what was written about them, when their read is under a hold and their day was purged. And a hit may outlive its
-- read, where the schedule says so: the card is shown without it.
create table plates.hit_held (like plates.hit including defaults including constraints, primary key (hit_id, captured_at));
create index hit_held_read on plates.hit_held (read_id);
create table plates.alert_note_held (like plates.alert_note including defaults including constraints, primary key (note_id, captured_at));
create index alert_note_held_hit on plates.alert_note_held (hit_id);
select plates.keep_no_samples('hit_held'), plates.keep_no_samples('alert_note_held');

create or replace function plates.write_alert_note(
    the_note uuid, taken timestamptz, the_hit uuid, who text, what_kind text, words text
) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- What a car says of an alert whose hit was purged meanwhile keeps its place in the ledger only.
    if exists (select from office.gone g where g.kind = 'alerts' and g.day = (taken at time zone 'UTC')::date)
            and not exists (select from plates.hit_held h where h.hit_id = the_hit and h.captured_at = taken) then
        return;
    end if;
    if exists (select from plates.hit_held h where h.hit_id = the_hit and h.captured_at = taken) then
        insert into plates.alert_note_held (note_id, captured_at, hit_id, member, kind, body)
            values (the_note, taken, the_hit, who, what_kind, words);
    else
        insert into plates.alert_note (note_id, captured_at, hit_id, member, kind, body)
            values (the_note, taken, the_hit, who, what_kind, words);
    end if;
end $$;

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
            select to_jsonb(r) from plates.reads r
                where r.plate = h.plate and r.captured_at = h.captured_at and r.read_id = h.read_id
            union all select to_jsonb(k) from plates.reads_held k
                where k.plate = h.plate and k.captured_at = h.captured_at and k.read_id = h.read_id limit 1), '{}'),
            case when s.ok then (
            select coalesce(jsonb_agg(to_jsonb(n) order by n.written_at), '[]') from (
                select * from plates.alert_note w where w.hit_id = h.hit_id and w.captured_at = h.captured_at
                union all select * from plates.alert_note_held k where k.hit_id = h.hit_id and k.captured_at = h.captured_at) n
            ) else '[]' end, case when s.ok then (
            select count(*)::int from (select o.hit_id, o.plate, o.entry_id from plates.hit o
                    union all select o.hit_id, o.plate, o.entry_id from plates.hit_held o) o
                join office.alerts_alert oa on oa.hit_id = o.hit_id
                join office.alerts_disposition d on d.alert_id = oa.id
                where o.plate = h.plate and o.entry_id = h.entry_id and o.hit_id <> h.hit_id
                  and d.outcome in ('misread', 'wrong state', 'stale entry', 'different vehicle')) else 0 end
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

grant select on plates.hit_held, office.gone to {door};
grant select, insert on plates.alert_note_held to {door};
alter function plates.write_alert_note(uuid, timestamptz, uuid, text, text, text) owner to {door};
