-- Measurements: each is a list of records with a verdict. A login may call one function, office.measure, which counts them and names the
-- first ones that are wrong. A record is named by what holds no plate, no search and no case number: the number of a line, a row, a day.
-- `given` is what the program knows: {"duties": {act: [duty, ...]}}.

-- The lines of one act.
create function office.proof_said(the_act text) returns table (leaf_id bigint, at timestamptz, number text, purpose text, about jsonb)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select l.leaf_id, l.at, l.member_number, l.body::jsonb ->> 'purpose', l.body::jsonb -> 'about' from office.ledger_leaf l where l.act = the_act
$$;

-- A day at the department.
create function office.proof_day(at timestamptz) returns date
language sql stable set search_path = pg_catalog, pg_temp as $$
    select (at at time zone (select (regexp_match(e.text, '(?n)^[ \t]*time_zone[ \t]*=[ \t]*"([^"]+)"'))[1]
        from office.people_policyedition e where e.in_force_at <= clock_timestamp() order by e.number desc limit 1))::date
$$;

-- Whether the member with this number held one of some duties at a moment.
create function office.proof_held(the_number text, duties text[], at timestamptz) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select exists (select from office.people_assignment a join office.people_member m on m.id = a.member_id
        where m.number = the_number and a.duty = any (duties) and a.since_at <= at and (a.until_at is null or a.until_at > at))
$$;

-- The purposes of every edition of the policy: name, which number they ask for, and its shape.
create function office.proof_purposes() returns table (name text, number text, shape text)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with lines as (
        select e.number as edition, l.n, l.line from office.people_policyedition e
            cross join lateral regexp_split_to_table(e.text, E'\r?\n') with ordinality l (line, n)),
    sections as (
        select edition, line, max(n) filter (where line ~ '^\s*\[') over (partition by edition order by n) as section, n from lines),
    named as (
        select h.edition, h.section, (regexp_match(h.line, '^\s*\[purposes\.([a-z0-9-]+)\]'))[1] as name
        from sections h where h.n = h.section),
    told as (
        select n.edition, n.section, n.name, (regexp_match(s.line, '^\s*(number|shape)\s*=\s*["'']([^"'']*)["'']')) as pair
        from named n join sections s on s.edition = n.edition and s.section = n.section where n.name is not null)
    select t.name, max(t.pair[2]) filter (where t.pair[1] = 'number'),
        replace(max(t.pair[2]) filter (where t.pair[1] = 'shape'), '\\', '\')
    from told t group by t.edition, t.section, t.name
$$;

-- ------------------------------------------------------------------------------------------------ looks

create function office.proof_looks_of_members(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'ledger line ' || r.leaf_id, r.opened_at, m.id is null or m.number <> r.member_number, false
    from office.access_record r left join office.people_member m on m.id = r.member_id
$$;

create function office.proof_looks_trained(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'ledger line ' || r.leaf_id, r.opened_at, not exists (select from office.people_completion c where c.member_id = r.member_id
        and c.entered_at <= r.opened_at and office.proof_day(r.opened_at) between c.completed_on and c.expires_on), false
    from office.access_record r join office.people_member m on m.id = r.member_id
$$;

create function office.proof_looks_assigned(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'ledger line ' || r.leaf_id, r.opened_at, not office.proof_held(m.number,
        array(select jsonb_array_elements_text(given -> 'duties' -> r.act)), r.opened_at), false
    from office.access_record r join office.people_member m on m.id = r.member_id
$$;

create function office.proof_looks_for_a_purpose(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'ledger line ' || r.leaf_id, r.opened_at, r.purpose not in (select p.name from office.proof_purposes() p), false
    from office.access_record r
$$;

-- The number stated with a look, while it is kept: written as one of the editions asks for it.
create function office.proof_numbers(on_patrol boolean) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with purposes as materialized (select * from office.proof_purposes())
    select 'ledger line ' || r.leaf_id, r.opened_at,
        not exists (select from purposes p where p.name = r.purpose and t.reference ~ ('^(?:' || p.shape || ')$')), false
    from office.access_record r join plates.access_terms t on t.access_id = r.access_id and t.opened_at = r.opened_at
    where exists (select from purposes p where p.name = r.purpose and (p.number = 'shift') = on_patrol)
$$;

create function office.proof_looks_with_shift(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$ select * from office.proof_numbers(true) $$;

create function office.proof_looks_with_case(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$ select * from office.proof_numbers(false) $$;

create function office.proof_looks_in_ledger(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'ledger line ' || r.leaf_id, r.opened_at, l.leaf_id is null or l.act <> r.act or l.member_number is distinct from r.member_number
        or l.body::jsonb -> 'about' ->> 'access' is distinct from r.access_id::text, false
    from office.access_record r left join office.ledger_leaf l on l.leaf_id = r.leaf_id
$$;

create function office.proof_lines_of_looks(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'ledger line ' || l.leaf_id, l.at, not exists (select from office.access_record r where r.leaf_id = l.leaf_id), false
    from office.ledger_leaf l join office.reserved_act a on a.act = l.act and a.is_look
$$;

create function office.proof_tripped_judged(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'tripped look ' || t.id, t.at, (t.judged_at is null and t.at < clock_timestamp() - interval '7 days')
        or (t.judged_at is not null and split_part(t.judged_by, ' ', 1) = t.member_number), t.judged_at is null
    from office.access_tripped t
$$;

create function office.proof_cosigned_by_another(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'wide search ' || c.id, c.asked_at, split_part(c.decided_by, ' ', 1) = c.asked_by_number, false
    from office.investigations_cosign c where c.state = 'signed'
$$;

-- ------------------------------------------------------------------------------------------------ people, equipment

create function office.proof_duties_given(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'duty ' || a.id, a.since_at, not exists (select from office.proof_said('people.assign') s
        where s.about ->> 'member' = m.number and s.about ->> 'duty' = a.duty), false
    from office.people_assignment a join office.people_member m on m.id = a.member_id
$$;

create function office.proof_training_in_time(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'member ' || m.number, null::timestamptz, not exists (select from office.proof_said('people.training') s
            where s.about ->> 'member' = m.number), max(c.expires_on) < office.proof_day(clock_timestamp()) + 14
    from office.people_member m join office.people_completion c on c.member_id = m.id
    where m.is_active and exists (select from office.people_assignment a where a.member_id = m.id and a.until_at is null)
    group by m.number having max(c.expires_on) >= office.proof_day(clock_timestamp())
$$;

create function office.proof_shifts_trained(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'sign-on ' || s.id, s.since_at, not exists (select from office.people_completion c where c.member_id = m.id
        and office.proof_day(s.since_at) between c.completed_on and c.expires_on), false
    from office.equipment_signedon s join office.people_member m on m.number = s.member_number
$$;

create function office.proof_shifts_for_a_purpose(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'ledger line ' || s.leaf_id, s.at, coalesce(s.purpose, '') not in (select p.name from office.proof_purposes() p), false
    from office.proof_said('unit.sign_on') s
$$;

create function office.proof_authorizations_given(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'authorization ' || a.id, a.since_at, not exists (select from office.proof_said('people.authorize') s
        where s.about ->> 'member' = a.member_id and s.about ->> 'source' = a.source), false
    from office.people_authorization a
$$;

-- Who acted on an alert of a source that was confidential at that moment, and was not authorized for it.
create function office.proof_confidential_alerts(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with acted as (
        select 'verification ' || v.id as record, v.alert_id, v.at, v.by from office.alerts_verification v
        union all select 'disposition ' || d.id, d.alert_id, d.at, d.by from office.alerts_disposition d)
    select a.record, a.at, not exists (select from office.people_authorization z where z.source = s.name
            and z.member_id = split_part(a.by, ' ', 1) and z.since_at <= a.at and z.until_at > a.at
            and (z.withdrawn_at is null or z.withdrawn_at > a.at)), false
    from acted a join office.alerts_alert l on l.id = a.alert_id join office.hotlists_source s on s.id = l.source_id
    where (select (n.about ->> 'confidential')::boolean from office.proof_said('hotlists.source') n
           where n.about ->> 'source' = s.name and n.at <= a.at order by n.leaf_id desc limit 1)
$$;

create function office.proof_units_enrolled(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'unit ' || u.id, u.enrolled_at, not office.proof_held(split_part(u.enrolled_by, ' ', 1),
        array['supervisor', 'designee', 'system custodian'], u.enrolled_at), false
    from office.equipment_unit u
$$;

create function office.proof_posts_ordered(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'deployment order ' || d.id, d.ordered_at, not office.proof_held(split_part(d.ordered_by, ' ', 1),
        array['supervisor', 'designee'], d.ordered_at), d.withdrawn_at is null and d.review_on < office.proof_day(clock_timestamp())
    from office.equipment_deployment d
$$;

create function office.proof_units_closed(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'unit ' || u.id, u.revoked_at, u.last_contact_at > u.revoked_at, false from office.equipment_unit u where u.state = 'revoked'
$$;

create function office.proof_units_in_time(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'unit ' || u.id, u.unsent_since, u.unsent_since < clock_timestamp() - make_interval(hours => office.policy_figure('deadline_hours')),
        u.unsent_since < clock_timestamp() - make_interval(hours => office.policy_figure('deadline_hours')) / 2
    from office.equipment_unit u where u.state = 'enrolled'
$$;

create function office.proof_units_consistent(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'unit ' || u.id, u.tampered_at, u.tampered_at is not null, false from office.equipment_unit u where u.state = 'enrolled'
$$;

-- ------------------------------------------------------------------------------------------------ lists, alerts, incidents

create function office.proof_bolos_by_two(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'BOLO ' || b.id, b.decided_at, b.decided_by = '' or split_part(b.decided_by, ' ', 1) = b.author_number
        or not office.proof_held(split_part(b.decided_by, ' ', 1), array['supervisor', 'designee', 'list manager'], b.decided_at), false
    from office.hotlists_bolo b where b.state = 'approved'
$$;

create function office.proof_bolos_end(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'BOLO ' || b.id, b.entered_at, b.expires_at > greatest(b.entered_at, coalesce((select max(s.at) from office.hotlists_bolostep s
        where s.bolo_id = b.id and s.what in ('approved', 'extended')), b.entered_at))
        + make_interval(days => office.policy_figure('bolo_longest_days') + 1), false
    from office.hotlists_bolo b where b.state = 'approved'
$$;

create function office.proof_lists_loaded(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'load ' || l.id, l.loaded_at, not exists (select from office.proof_said('hotlists.load') t
        where t.about ->> 'source' = s.name and (t.about ->> 'load')::bigint = l.number
          and t.about ->> 'sha256' = encode(l.digest, 'hex')), false
    from office.hotlists_load l join office.hotlists_source s on s.id = l.source_id where l.state in ('in force', 'superseded')
$$;

create function office.proof_lists_back_by_two(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'list put back ' || b.id, b.decided_at, b.decided_by = '' or split_part(b.decided_by, ' ', 1) = b.asked_by_number, false
    from office.hotlists_backask b where b.state = 'signed'
$$;

create function office.proof_enforcement_verified(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'disposition ' || d.id, d.at, case d.ground
            when 'verified' then not exists (select from office.alerts_verification v where v.alert_id = d.alert_id and v.at <= d.at
                and v.answer = 'confirms' and v.characters = 'same' and v.state = 'same' and v.vehicle <> 'different')
            when '' then true
            else not d.for_review end, false
    from office.alerts_disposition d where d.outcome in ('stop made', 'arrest', 'tow', 'citation', 'search')
$$;

create function office.proof_canvass_decided(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'incident ' || i.id, i.opened_at, i.canvass_ordered is null and i.opened_at < clock_timestamp() - interval '24 hours',
        i.canvass_ordered is null and i.closed_at is null
    from office.investigations_incident i where i.is_major
$$;

create function office.proof_partials_entered(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'incident ' || i.id, i.partial_at, i.closed_at is null and not w.entered
            and i.partial_at < clock_timestamp() - make_interval(hours => office.policy_figure('partial_hours')),
        i.closed_at is null and not w.entered
    from office.investigations_incident i
        cross join lateral (select exists (select from office.investigations_watch w where w.incident_id = i.id) as entered) w
    where i.partial_at is not null
$$;

-- ------------------------------------------------------------------------------------------------ age

create function office.proof_editions_by_two(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'policy edition ' || e.number, e.in_force_at, case
            when e.number = (select min(f.number) from office.people_policyedition f) then
                not exists (select from office.proof_said('people.setup') s where (s.about ->> 'policy_edition')::int = e.number)
            else not exists (select from office.retention_schedulechange c join office.proof_said('retention.schedule_decided') s
                    on (s.about ->> 'change')::bigint = c.id and (s.about ->> 'edition')::int = e.number
                where c.edition = e.number and c.state = 'signed' and c.text = e.text
                  and s.number <> c.asked_by_number) end, false
    from office.people_policyedition e
$$;

create function office.proof_schedules_as_written(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('policy edition %s, %s', e.number, k.kind), e.in_force_at, (e.schedule ->> k.kind)::int is distinct from
        (regexp_match(e.text, '(?n)^[ \t]*' || k.kind || '[ \t]*=[ \t]*([0-9]{1,6})'))[1]::int or e.schedule -> k.kind is null, false
    from office.people_policyedition e
        cross join unnest(array['overview_pictures', 'pictures', 'reads', 'alerts', 'list_entries', 'search_terms']) k (kind)
$$;

create function office.proof_kept_long_enough(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('purge %s, %s of %s', c.purge_id, c.kind, c.day), c.at, c.at < (c.day + (e.schedule ->> c.kind)::int + 1)::timestamp at time zone 'UTC', false
    from office.retention_chunk c cross join lateral (select p.schedule from office.people_policyedition p
        where p.in_force_at <= c.at order by p.number desc limit 1) e
    where c.day is not null and c.kind <> 'list_entries'
$$;

-- Days of some kinds that are kept. Red a night round after they were due.
create function office.proof_days(kinds text[]) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with lists_since as (select greatest((select max(p.ended_at) from office.retention_purge p),
        (select min(e.in_force_at) from office.people_policyedition e)) as at)
    select format('%s of %s', k.kind, k.day), d.due_at,
        coalesce(case when k.kind = 'list_entries' then greatest(d.due_at, s.at) else d.due_at end < clock_timestamp() - interval '24 hours', false),
        false
    from plates.days_kept() k cross join lists_since s left join plates.days_due() d on d.kind = k.kind and d.day = k.day
    where k.kind = any (kinds)
$$;

create function office.proof_days_purged(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select * from office.proof_days(array['reads', 'alerts', 'list_entries', 'search_terms'])
$$;

create function office.proof_pictures_purged(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$ select * from office.proof_days(array['overview_pictures', 'pictures']) $$;

create function office.proof_scene_goes_first(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'policy edition ' || e.number, e.in_force_at, (e.schedule ->> 'overview_pictures')::int > (e.schedule ->> 'pictures')::int
        or (e.schedule ->> 'pictures')::int > (e.schedule ->> 'reads')::int, false
    from office.people_policyedition e
$$;

create function office.proof_purges_certified(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'purge ' || p.id, p.began_at, case when p.ended_at is null then p.began_at < clock_timestamp() - interval '24 hours'
        else not exists (select from office.retention_certificate c where c.purge_id = p.id) end, false
    from office.retention_purge p
$$;

create function office.proof_purges_in_ledger(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('purge %s, %s of %s', c.purge_id, c.kind, c.day), c.at, l.leaf_id is null or l.act not in ('retention.purge', 'retention.replay')
        or (l.body::jsonb -> 'about' ->> 'purged')::bigint is distinct from c.purged, false
    from office.retention_chunk c left join office.ledger_leaf l on l.leaf_id = c.leaf_id
$$;

create function office.proof_holds_placed(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('hold H-%s', lpad(h.id::text, 5, '0')), h.placed_at, not exists (select from office.proof_said('retention.hold') s
            where (s.about ->> 'hold')::bigint = h.id)
        or (h.released_at is null and not exists (select from plates.hold_scope s where s.hold_id = h.id)), false
    from office.retention_hold h
$$;

create function office.proof_holds_reviewed(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('hold H-%s', lpad(h.id::text, 5, '0')), h.placed_at, h.review_on < office.proof_day(clock_timestamp()),
        h.review_on < office.proof_day(clock_timestamp()) + 7
    from office.retention_hold h where h.released_at is null
$$;

create function office.proof_holds_ended_by_another(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('hold H-%s', lpad(h.id::text, 5, '0')), h.released_at, not exists (
            select from office.proof_said('retention.release') s where (s.about ->> 'hold')::bigint = h.id and s.number <> h.placed_by_number
            union all select from office.proof_said('retention.booked') s where (s.about ->> 'hold')::bigint = h.id), false
    from office.retention_hold h where h.released_at is not null
$$;

create function office.proof_holds_booked(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('hold H-%s', lpad(h.id::text, 5, '0')), h.placed_at, h.booked_at is null and h.book_by < office.proof_day(clock_timestamp()),
        h.booked_at is null and h.book_by < office.proof_day(clock_timestamp()) + 7
    from office.retention_hold h where h.released_at is null
$$;

create function office.proof_packages_booked(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('package E-%s', lpad(p.id::text, 5, '0')), p.made_at, p.state in ('booked', 'returned', 'destroyed') and not exists (
            select from office.evidence_booking b join office.proof_said('evidence.book') s on (s.about ->> 'package')::bigint = b.package_id
            where b.package_id = p.id), p.state = 'written' and p.written_at < clock_timestamp() - interval '7 days'
    from office.evidence_package p where p.state <> 'making'
$$;

-- ------------------------------------------------------------------------------------------------ release

create function office.proof_releases_to_agencies(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('request R-%s', lpad(r.id::text, 5, '0')), r.decided_at,
        r.agency_kind not in ('law enforcement', 'prosecutorial') or r.barred_because <> '', false
    from office.release_releaserequest r where r.state = 'approved'
$$;

create function office.proof_requests_written(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('request R-%s', lpad(r.id::text, 5, '0')), r.received_at, r.agency !~ '\S' or r.requester !~ '\S' or r.purpose !~ '\S'
        or encode(sha256(p.letter), 'hex') <> r.letter_sha256, false
    from office.release_releaserequest r left join plates.release_paper p on p.request_id = r.id
$$;

create function office.proof_requests_reviewed(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('request R-%s', lpad(r.id::text, 5, '0')), r.decided_at, r.decided_by_number = r.received_by_number
        or not office.proof_held(r.decided_by_number, array['supervisor', 'designee'], r.decided_at)
        or not exists (select from office.proof_said('release.decide') s where (s.about ->> 'request')::bigint = r.id
            and s.number = r.decided_by_number), false
    from office.release_releaserequest r where r.state in ('approved', 'denied')
$$;

create function office.proof_requests_answered(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('request R-%s', lpad(r.id::text, 5, '0')), r.received_at, r.state = 'waiting' and r.due_on < office.proof_day(clock_timestamp()),
        r.state = 'waiting' and r.due_on < office.proof_day(clock_timestamp()) + 2
    from office.release_releaserequest r where r.state <> 'referred'
$$;

create function office.proof_requests_on_file(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('request R-%s', lpad((s.about ->> 'request'), 5, '0')), s.at, not exists (select from office.release_releaserequest r
        join plates.release_paper p on p.request_id = r.id where r.id = (s.about ->> 'request')::bigint), false
    from office.proof_said('release.receive') s
$$;

create function office.proof_others_referred(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('request R-%s', lpad(r.id::text, 5, '0')), r.received_at, r.state <> 'referred' or not exists (
            select from office.proof_said('release.refer') s where (s.about ->> 'request')::bigint = r.id)
        or (r.basis in ('court order', 'subpoena', 'discovery') and r.hold_id is null), false
    from office.release_releaserequest r where r.agency_kind not in ('law enforcement', 'prosecutorial') and r.state <> 'approved'
$$;

-- ------------------------------------------------------------------------------------------------ the one door

-- Counts one measurement and names the first ten that are wrong, and the first ten that are late. Whoever may call it can only count.
create function office.measure(the_name text, given jsonb)
returns table (of bigint, wrong bigint, late bigint, first_wrong text[], first_late text[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    if the_name !~ '^[a-z_]{1,40}$' then
        raise exception 'no such measurement' using errcode = '22023';
    end if;
    return query execute format('select count(*), count(*) filter (where m.is_wrong), count(*) filter (where m.is_late and m.is_wrong is not true),
        coalesce((array_agg(m.record order by m.at, m.record) filter (where m.is_wrong))[1:10], ''{}''),
        coalesce((array_agg(m.record order by m.at, m.record) filter (where m.is_late and m.is_wrong is not true))[1:10], ''{}'')
        from office.%I($1) m', 'proof_' || the_name) using given;
end $$;
