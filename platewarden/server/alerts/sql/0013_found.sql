-- What the supervisor looks at beside outcomes without a return: stops that the dispatch system has and nobody recorded here, and corrections
-- that withdrew an urgent alert. Each once, by somebody who had no hand in it, known by the key of the sign-in.
insert into office.reserved_act (act, is_look, is_search) values ('alerts.reconcile', true, false), ('alerts.review_found', false, false);

-- Door: compares stops with alerts, for whoever opened the access. Terms: file, stops, digest (of what is told: rows of number, at, plate, state, unit;
-- other ones are refused). They are no terms themselves: a stop is kept without its plate. One that is here already adds nothing, but may find its alert now. Outcome: new; known;
-- other: the number is here with another time, and then nothing of the file was taken.
create function plates.reconcile_stops(the_access uuid, told text) returns table (number text, outcome text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
#variable_conflict use_column
declare
    terms jsonb := office.pass_gate(the_access, 'alerts.reconcile');
    the_rows jsonb := told::jsonb;
    who office.access_record;
    found int;
begin
    select * into strict who from office.access_record r where r.access_id = the_access;
    perform pg_advisory_xact_lock(4270031);
    if encode(sha256(convert_to(told, 'UTF8')), 'hex') <> terms ->> 'digest' then
        raise exception 'other stops than were written down' using errcode = '22023';
    end if;
    if exists (select from jsonb_to_recordset(the_rows) as t (number text, at timestamptz, plate text, state text, unit text)
            join office.alerts_dispatchstop s on s.number = t.number where s.stopped_at <> t.at) then
        perform office.note_shown(the_access, 0);
        return query select t.number, 'other'::text
            from jsonb_to_recordset(the_rows) as t (number text, at timestamptz, plate text, state text, unit text)
            join office.alerts_dispatchstop s on s.number = t.number where s.stopped_at <> t.at;
        return;
    end if;
    return query
        with fresh as (
            insert into office.alerts_dispatchstop (number, stopped_at, unit_name, taken_at, by)
                select t.number, t.at, t.unit, clock_timestamp(), who.member_number || ' ' || who.member_name
                from jsonb_to_recordset(the_rows) as t (number text, at timestamptz, plate text, state text, unit text)
                on conflict do nothing returning alerts_dispatchstop.number)
        select t.number, case when f.number is null then 'known' else 'new' end
            from jsonb_to_recordset(the_rows) as t (number text, at timestamptz, plate text, state text, unit text)
            left join fresh f on f.number = t.number;
    insert into office.alerts_stopmatch (stop_id, alert_id, at)
        select distinct on (s.id) s.id, a.id, clock_timestamp()
        from jsonb_to_recordset(the_rows) as t (number text, at timestamptz, plate text, state text, unit text)
        join office.alerts_dispatchstop s on s.number = t.number
        join (select i.hit_id, i.captured_at, i.listed_state, p.text
            from (select * from plates.hit union all select * from plates.hit_held) i
            cross join lateral (select i.plate as text union select i.listed_text where not i.is_pattern) p) h
            on h.text = t.plate and h.captured_at between t.at - interval '1 hour' and t.at + interval '10 minutes'
            and (t.state is null or h.listed_state is null or h.listed_state = t.state)
        join office.alerts_alert a on a.hit_id = h.hit_id and a.captured_at = h.captured_at
        left join office.alerts_disposition d on d.alert_id = a.id
        where not exists (select from office.alerts_stopmatch m where m.stop_id = s.id)
        order by s.id, (d.outcome in ('stop made', 'arrest', 'tow', 'citation', 'search')) desc nulls last, d.id is null, a.id desc;
    get diagnostics found = row_count;
    perform office.note_shown(the_access, found);
end $$;

create function office.review_found(cookie bytea, what text, the_id bigint, in_order boolean, why text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    a office.alerts_alert;
    s office.alerts_dispatchstop;
begin
    perform pg_advisory_xact_lock(4270032);
    if what = 'stop' then
        select * into s from office.alerts_dispatchstop x where x.id = the_id;
        select x.* into a from office.alerts_alert x join office.alerts_stopmatch m on m.alert_id = x.id where m.stop_id = s.id;
    else
        select * into a from office.alerts_alert x where x.id = the_id and x.urgent and x.state = 'withdrawn';
    end if;
    if a.id is null or exists (select from office.alerts_foundreview r
            where r.stop_id = s.id or (s.id is null and r.alert_id = a.id and r.corrected_at = a.rematched_at)) then
        raise exception 'this waits for no review' using errcode = '40001';
    end if;
    if not office.has_duty(who, array['supervisor', 'designee']) or who.member_number = split_part(a.rematched_by, ' ', 1) or exists (
            select from office.alerts_disposition x where s.id is not null and x.alert_id = a.id and split_part(x.by, ' ', 1) = who.member_number
            union all
            select from office.alerts_verification v
                where s.id is not null and v.alert_id = a.id and split_part(v.by, ' ', 1) = who.member_number) then
        raise exception 'somebody else reviews it: the supervisor or designee' using errcode = '42501';
    end if;
    insert into office.alerts_foundreview (stop_id, alert_id, corrected_at, at, by, is_in_order)
        values (s.id, case when s.id is null then a.id end, case when s.id is null then a.rematched_at end, clock_timestamp(),
            who.member_number || ' ' || who.member_name, in_order);
    perform office.ledger_write('alerts.review_found', who.member_number, who.member_name, '',
        jsonb_build_object('alert', a.id, 'stop', s.number, 'in_order', in_order), jsonb_build_object('because', why));
end $$;

grant select, insert on office.alerts_dispatchstop, office.alerts_stopmatch, office.alerts_foundreview to {door};
alter function plates.reconcile_stops(uuid, text) owner to {door};
