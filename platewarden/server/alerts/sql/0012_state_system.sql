-- The official state system is asked about an alert's plate: each question is a look and a disclosure, in the ledger before it leaves. What
-- comes back is written once for its question. Its words lie with the alert's notes, and are shown to whoever is authorized for its source.
alter table office.alerts_stateask add column access_id uuid not null unique;

alter table plates.alert_note drop constraint alert_note_kind_check,
    add column source_id bigint,
    add constraint alert_note_kind_check check (kind in ('verification', 'disposition', 'return')),
    add constraint a_return_has_its_source check ((kind = 'return') = (source_id is not null));
alter table plates.alert_note_held drop constraint alert_note_kind_check,
    add column source_id bigint,
    add constraint alert_note_kind_check check (kind in ('verification', 'disposition', 'return')),
    add constraint a_return_has_its_source check ((kind = 'return') = (source_id is not null));

insert into office.reserved_act (act, is_look, is_search) values ('alerts.ask', true, false), ('alerts.returned', false, false);

-- Door: what the state system is asked about one alert, by whoever opened the access: the plate as it stands. Terms: alert, state, source,
-- seconds. Outcome: asked; gone: the hit is not kept any more; sealed: of a source that is not for this member; waiting: a question of this
-- alert has no answer yet.
create function plates.ask_state(the_access uuid) returns table (outcome text, ask bigint, plate text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'alerts.ask');
    who office.access_record;
    a office.alerts_alert;
    stands text;
    new_ask bigint;
begin
    select * into strict who from office.access_record r where r.access_id = the_access;
    select * into a from office.alerts_alert x where x.id = (terms ->> 'alert')::bigint;
    perform pg_advisory_xact_lock(4270030, a.id::int);
    select coalesce(c.plate, r.plate, h.plate) into stands
        from (select * from plates.hit i where i.hit_id = a.hit_id and i.captured_at = a.captured_at
            union all select * from plates.hit_held i where i.hit_id = a.hit_id and i.captured_at = a.captured_at limit 1) h
        left join lateral plates.reads_kept(array[h.read_id], h.captured_at, h.captured_at + interval '1 us') r on true
        left join plates.corrected c on c.read_id = h.read_id and c.captured_at = h.captured_at;
    outcome := case when stands is null then 'gone'
                    when not plates.may_see_source(a.source_id, who.member_number)
                        or not plates.may_see_source((terms ->> 'source')::bigint, who.member_number) then 'sealed'
                    when exists (select from office.alerts_stateask q where q.alert_id = a.id and q.due_at > clock_timestamp()
                        and not exists (select from office.alerts_statereturn b where b.ask_id = q.id)) then 'waiting'
                    else 'asked' end;
    perform office.note_shown(the_access, case when outcome = 'asked' then 1 else 0 end);
    if outcome = 'asked' then
        insert into office.alerts_stateask (alert_id, source_id, at, by, due_at, access_id)
            values (a.id, (terms ->> 'source')::bigint, clock_timestamp(), who.member_number || ' ' || who.member_name,
                clock_timestamp() + make_interval(secs => (terms ->> 'seconds')::int), the_access)
            returning id into new_ask;
        return query select outcome, new_ask, stands;
    else
        return query select outcome, null::bigint, null::text;
    end if;
end $$;

-- Keeps what came of a question, once, for the access that asked it, which only its asker knows. False when something was kept before.
create function plates.keep_return(the_access uuid, what text, the_answer text, the_reference text, returned timestamptz, words text)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.access_record;
    q office.alerts_stateask;
    a office.alerts_alert;
begin
    select * into q from office.alerts_stateask x where x.access_id = the_access;
    if not found then
        raise exception 'nothing was asked with this access' using errcode = '42501';
    end if;
    select * into strict who from office.access_record r where r.access_id = the_access;
    select * into strict a from office.alerts_alert x where x.id = q.alert_id;
    insert into office.alerts_statereturn (ask_id, at, outcome, answer, reference, returned_at)
        values (q.id, clock_timestamp(), what, the_answer, the_reference, returned) on conflict do nothing;
    if not found then
        return false;
    end if;
    if words <> '' then
        if exists (select from plates.hit_held h where h.hit_id = a.hit_id and h.captured_at = a.captured_at) then
            insert into plates.alert_note_held (note_id, captured_at, hit_id, member, kind, body, source_id)
                values (gen_random_uuid(), a.captured_at, a.hit_id, who.member_number || ' ' || who.member_name, 'return', words, q.source_id);
        elsif not exists (select from office.gone g where g.kind = 'alerts' and g.day = (a.captured_at at time zone 'UTC')::date) then
            insert into plates.alert_note (note_id, captured_at, hit_id, member, kind, body, source_id)
                values (gen_random_uuid(), a.captured_at, a.hit_id, who.member_number || ' ' || who.member_name, 'return', words, q.source_id);
        end if;
    end if;
    perform office.ledger_write('alerts.returned', who.member_number, who.member_name, who.purpose,
        jsonb_build_object('alert', a.id, 'ask', q.id, 'outcome', what, 'answer', the_answer),
        jsonb_build_object('reference', the_reference));
    return true;
end $$;

-- Door: alerts with their reads and what was written about them. Terms: alerts (ids). One row an alert; `seen` is {} when the
-- read was purged before its hit. A return's words are shown to whoever is authorized for its source.
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
            select coalesce(jsonb_agg(to_jsonb(n) || jsonb_build_object('of_source',
                    (select o.name from office.hotlists_source o where o.id = n.source_id)) order by n.written_at), '[]') from (
                select * from plates.alert_note w where w.hit_id = h.hit_id and w.captured_at = h.captured_at
                union all select * from plates.alert_note_held k where k.hit_id = h.hit_id and k.captured_at = h.captured_at) n
                where n.source_id is null or plates.may_see_source(n.source_id, who)
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

grant select, insert on office.alerts_stateask, office.alerts_statereturn to {door};
grant insert on plates.alert_note_held to {door};
alter function plates.ask_state(uuid) owner to {door};
alter function plates.keep_return(uuid, text, text, text, timestamptz, text) owner to {door};
