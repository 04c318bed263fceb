-- Rows against the ledger, both ways: a row that the ledger does not know, one that says something else, one that is gone.

-- The same moment: a row and its line are written in one transaction, by clocks of the pages and of the database.
create function office.proof_near(a timestamptz, b timestamptz) returns boolean
language sql immutable as $$ select abs(extract(epoch from a - b)) < 300 $$;

-- Whether a manager of such a duty wrote a line: held then, or until the very moment, as when the seat is handed over.
create function office.proof_wrote(the_number text, duties text[], at timestamptz) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select office.proof_held(the_number, duties, at) or office.proof_held(the_number, duties, at - interval '1 second')
$$;

-- ------------------------------------------------------------------------------------------------ looks

-- The record, its line and what was asked say the same: purpose, name, moment, number, question. Once a day of questions ended, neither is left.
create function office.proof_looks_as_opened(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with ended as materialized (select g.day from office.gone g where g.kind = 'search_terms')
    select 'ledger line ' || r.leaf_id, r.opened_at, (f.line ->> 'purpose', f.line ->> 'name') is distinct from (r.purpose, r.member_name)
        or abs(extract(epoch from l.at - r.opened_at)) > 300
        or case when t.access_id is null or c.leaf_id is null
            then not exists (select from ended e where e.day in ((r.opened_at at time zone 'UTC')::date, (l.at at time zone 'UTC')::date))
            else (t.reference, t.terms) is distinct from (office.ledger_facts(c.body) ->> 'reference', office.ledger_facts(c.body) -> 'terms') end,
        false
    from office.access_record r join office.ledger_leaf l on l.leaf_id = r.leaf_id
        cross join lateral (select office.ledger_facts(l.body) as line) f
        left join plates.access_terms t on t.access_id = r.access_id and t.opened_at = r.opened_at
        left join plates.ledger_content c on c.leaf_id = l.leaf_id and c.at = l.at
$$;

-- Every line's content is there until its day ended.
create function office.proof_contents_kept(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'ledger contents of ' || (l.at at time zone 'UTC')::date, min(l.at), count(c.leaf_id) < count(*), false
    from office.ledger_leaf l left join plates.ledger_content c on c.leaf_id = l.leaf_id and c.at = l.at
    where l.at >= coalesce((select (max(g.day) + 1)::timestamp at time zone 'UTC' from office.gone g where g.kind = 'search_terms'), '-infinity')
    group by (l.at at time zone 'UTC')::date
$$;

create function office.proof_tripped_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select s.at, (s.about ->> 'tripped')::bigint as id from office.proof_said('access.tripped') s),
    judged as materialized (select s.number, (s.about ->> 'tripped')::bigint as id, s.about ->> 'judgement' as judgement
        from office.proof_said('access.judge') s)
    select 'tripped look ' || coalesce(t.id, s.id), coalesce(t.at, s.at), t.id is null or s.id is null
        or (t.judged_at is not null and not exists (select from judged j where j.id = t.id and j.number <> t.member_number
            and j.number = split_part(t.judged_by, ' ', 1) and j.judgement = t.judgement)), false
    from office.access_tripped t full join said s on s.id = t.id
$$;

create function office.proof_cosigns_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with asked as materialized (select s.number, (s.about ->> 'cosign')::bigint as id from office.proof_said('investigations.cosign_ask') s),
    signed as materialized (select s.number, (s.about ->> 'cosign')::bigint as id, (s.about ->> 'signed')::boolean as signed
        from office.proof_said('investigations.cosign') s)
    select 'wide search ' || c.id, c.asked_at, not exists (select from asked a where a.id = c.id and a.number = c.asked_by_number)
        or (c.state = 'signed' and not exists (select from signed s where s.id = c.id and s.signed and s.number = split_part(c.decided_by, ' ', 1))),
        false
    from office.investigations_cosign c
$$;

-- ------------------------------------------------------------------------------------------------ people

-- Active without having been enrolled, or after having left.
create function office.proof_members_enrolled(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with enrolled as materialized (select s.about ->> 'member' as number from office.proof_said('people.enrol') s),
    gone as materialized (select s.about ->> 'member' as number, max(s.leaf_id) as line from office.proof_said('people.leave') s group by 1),
    back as materialized (select s.about ->> 'member' as number, max(s.leaf_id) as line from office.proof_said('access.enabled') s group by 1)
    select 'member ' || m.number, m.joined_at, not exists (select from enrolled e where e.number = m.number)
        or (m.is_active and exists (select from gone g left join back b using (number) where g.number = m.number and g.line > coalesce(b.line, 0))), false
    from office.people_member m
$$;

-- Each duty was given on the record at that moment, by the supervisor to another member; and stands or ended as the ledger says.
create function office.proof_duties_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with lent as materialized (select s.at, s.number, s.about ->> 'member' as member, s.about ->> 'duty' as duty
        from office.proof_said('people.assign') s),
    taken as materialized (select s.at, s.about ->> 'member' as member, s.about ->> 'duty' as duty from office.proof_said('people.relieve') s
        union all select s.at, s.about ->> 'member', null from office.proof_said('people.leave') s)
    select 'duty ' || a.id, a.since_at,
        not exists (select from lent g where g.member = m.number and g.duty = a.duty and office.proof_near(g.at, a.since_at)
            and (g.number is null or (g.number <> m.number and office.proof_wrote(g.number, array['supervisor'], g.at))))
        or case when a.until_at is null
            then exists (select from taken t where t.member = m.number and coalesce(t.duty, a.duty) = a.duty and t.at > a.since_at)
            else not exists (select from taken t where t.member = m.number and coalesce(t.duty, a.duty) = a.duty
                and office.proof_near(t.at, a.until_at)) end, false
    from office.people_assignment a join office.people_member m on m.id = a.member_id
$$;

-- Nobody audits looks and also looks.
create function office.proof_auditors_apart(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'member ' || m.number, a.since_at, exists (select from office.people_assignment o where o.member_id = a.member_id
            and o.duty in ('operator', 'investigator', 'dispatcher', 'list manager', 'supervisor', 'designee')
            and o.since_at < coalesce(a.until_at, 'infinity') and a.since_at < coalesce(o.until_at, 'infinity')), false
    from office.people_assignment a join office.people_member m on m.id = a.member_id where a.duty = 'auditor'
$$;

-- Each training was entered on the record at that moment, with these dates while they are kept, by a manager who did not take it.
create function office.proof_trainings_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select s.leaf_id, s.at, s.number, s.about ->> 'member' as member, office.ledger_facts(c.body) as words
        from office.proof_said('people.training') s left join plates.ledger_content c on c.leaf_id = s.leaf_id and c.at = s.at)
    select 'training ' || c.id, c.entered_at, not exists (select from said s where s.member = m.number and office.proof_near(s.at, c.entered_at)
        and (s.number is null or (s.number <> m.number and office.proof_wrote(s.number, array['supervisor', 'designee'], s.at)))
        and (s.words is null or (s.words ->> 'completed_on', s.words ->> 'expires_on') is not distinct from (c.completed_on::text, c.expires_on::text))),
        false
    from office.people_completion c join office.people_member m on m.id = c.member_id
$$;

create function office.proof_authorizations_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select s.at, s.number, s.about ->> 'member' as member, s.about ->> 'source' as source, s.about ->> 'until' as until
        from office.proof_said('people.authorize') s),
    taken as materialized (select s.at, s.about ->> 'member' as member, s.about ->> 'source' as source from office.proof_said('people.withdraw') s)
    select 'authorization ' || a.id, a.since_at,
        not exists (select from said s where s.member = a.member_id and s.source = a.source and office.proof_near(s.at, a.since_at)
            and s.until = office.proof_day(a.until_at - interval '1 second')::text and s.number is distinct from a.member_id
            and (s.number is null or office.proof_wrote(s.number, array['supervisor', 'designee'], s.at)))
        or (a.withdrawn_at is null and exists (select from taken t where t.member = a.member_id and t.source = a.source and t.at > a.since_at)), false
    from office.people_authorization a
$$;

create function office.proof_texts_on_file(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'policy text ' || (s.about ->> 'text'), s.at,
        not exists (select from office.people_policytext t where t.number::text = s.about ->> 'text'), false
    from office.proof_said('people.policy') s
$$;

-- ------------------------------------------------------------------------------------------------ equipment, lists, alerts, incidents

create function office.proof_units_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with enrolled as materialized (select s.number, s.about ->> 'unit' as unit, s.about ->> 'key' as key from office.proof_said('equipment.approved') s),
    revoked as materialized (select s.about ->> 'unit' as unit from office.proof_said('equipment.revoked') s)
    select 'unit ' || u.id, u.enrolled_at, not exists (select from enrolled e where e.unit = u.id::text and e.key = encode(u.key_id, 'hex')
            and e.number = split_part(u.enrolled_by, ' ', 1))
        or (u.state = 'enrolled') = exists (select from revoked r where r.unit = u.id::text), false
    from office.equipment_unit u
$$;

create function office.proof_orders_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with ordered as materialized (select s.at, s.number, s.about from office.proof_said('equipment.deployed') s),
    ended as materialized (select (s.about ->> 'order')::bigint as id from office.proof_said('equipment.deployment_ended') s)
    select 'deployment order ' || coalesce(d.id::text, o.about ->> 'order'), coalesce(d.ordered_at, o.at), d.id is null or o.at is null
        or (o.number, o.about ->> 'unit', o.about ->> 'member', o.about ->> 'review_on') is distinct from
            (split_part(d.ordered_by, ' ', 1), d.unit_id::text, m.number::text, d.review_on::text)
        or (d.withdrawn_at is null) = exists (select from ended e where e.id = d.id), false
    from office.equipment_deployment d join office.people_member m on m.id = d.member_id full join ordered o on (o.about ->> 'order')::bigint = d.id
$$;

-- The owner of a list, whether it is confidential and how old it may be, as they were last described on the record.
create function office.proof_sources_described(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select distinct on (s.about ->> 'source') s.about ->> 'source' as name, s.about
        from office.proof_said('hotlists.source') s order by s.about ->> 'source', s.leaf_id desc)
    select 'source ' || s.id, s.created_at, s.owner !~ '\S' or (d.about ->> 'owner', d.about -> 'confidential', d.about ->> 'age_limit_hours')
        is distinct from (s.owner::text, to_jsonb(s.is_confidential), s.age_limit_hours::text), false
    from office.hotlists_source s left join said d on d.name = s.name
$$;

-- Of an approved BOLO the ledger has the author, another who approved it, no end, and each later end.
create function office.proof_bolos_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with entered as materialized (select s.number, s.about ->> 'entry' as entry from office.proof_said('hotlists.bolo') s),
    decided as materialized (select s.number, s.about ->> 'entry' as entry from office.proof_said('hotlists.bolo_decided') s
        where s.about ->> 'state' = 'approved'),
    ended as materialized (select s.about ->> 'entry' as entry from office.proof_said('hotlists.withdraw') s),
    later as materialized (select s.about ->> 'entry' as entry, (s.about ->> 'until')::timestamptz as until from office.proof_said('hotlists.extend') s)
    select 'BOLO ' || b.id, b.entered_at, not exists (select from entered e where e.entry = b.entry_id::text and e.number = b.author_number)
        or not exists (select from decided d where d.entry = b.entry_id::text and d.number = split_part(b.decided_by, ' ', 1)
            and d.number <> b.author_number)
        or exists (select from ended e where e.entry = b.entry_id::text)
        or b.expires_at > greatest((select min(s.expires_at) from office.hotlists_bolostep s where s.bolo_id = b.id and s.what = 'entered'),
            (select max(l.until) from later l where l.entry = b.entry_id::text)) + interval '1 second', false
    from office.hotlists_bolo b where b.state = 'approved'
$$;

-- What was said of an alert, by whom: at the office, or in a car, whose line names every alert it is said of.
create function office.proof_outcomes_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (
        select s.number, s.about ->> 'alert' as alert, s.about ->> 'answer' as answer, s.about ->> 'outcome' as outcome, s.about ->> 'ground' as ground,
            false as in_car from office.proof_said('alerts.verify') s
        union all select s.number, s.about ->> 'alert', null, s.about ->> 'outcome', s.about ->> 'ground', false from office.proof_said('alerts.dispose') s
        union all select s.number, a.alert, nullif(s.about ->> 'answer', ''), nullif(s.about ->> 'outcome', ''), s.about ->> 'ground', true
            from (select * from office.proof_said('alerts.car_verify') union all select * from office.proof_said('alerts.car_dispose')) s
                cross join lateral jsonb_object_keys(s.about -> 'alerts') a (alert))
    select 'verification ' || v.id, v.at, not exists (select from said s where s.alert = v.alert_id::text and s.answer = v.answer
        and s.number = split_part(v.by, ' ', 1) and s.in_car = (v.unit_id is not null)), false
    from office.alerts_verification v
    union all
    select 'disposition ' || d.id, d.at, not exists (select from said s where s.alert = d.alert_id::text and s.outcome = d.outcome
        and s.ground = d.ground and s.number = split_part(d.by, ' ', 1) and s.in_car = (d.unit_id is not null)), false
    from office.alerts_disposition d
$$;

-- Every incident is on file as it was opened: major or not, with or without a partial plate, its canvass decided on the record.
create function office.proof_incidents_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with opened as materialized (select s.at, s.number, (s.about ->> 'incident')::bigint as id, (s.about ->> 'major')::boolean as major,
            (s.about ->> 'partial')::boolean as partial from office.proof_said('investigations.open') s),
    decided as materialized (select (s.about ->> 'incident')::bigint as id, (s.about ->> 'ordered')::boolean as ordered
        from office.proof_said('investigations.decide') s)
    select 'incident ' || coalesce(i.id, o.id), coalesce(i.opened_at, o.at), i.id is null or o.id is null or i.is_major <> o.major
        or i.opened_by_number <> o.number or (o.partial and i.partial_at is null)
        or (i.canvass_ordered is not null and not exists (select from decided d where d.id = i.id and d.ordered = i.canvass_ordered)), false
    from office.investigations_incident i full join opened o on o.id = i.id
$$;

-- ------------------------------------------------------------------------------------------------ age

-- Signed by two on the record: a change of the schedule, or of the audit plan, which has an auditor among the two.
create or replace function office.proof_editions_by_two(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'policy edition ' || e.number, e.in_force_at, case
            when e.number = (select min(f.number) from office.people_policyedition f) then
                not exists (select from office.proof_said('people.setup') s where (s.about ->> 'policy_edition')::int = e.number)
            else not exists (select from office.retention_schedulechange c join office.proof_said('retention.schedule_decided') s
                    on (s.about ->> 'change')::bigint = c.id and (s.about ->> 'edition')::int = e.number
                where c.edition = e.number and c.state = 'signed' and c.text = e.text
                  and s.number <> c.asked_by_number)
              and not exists (select from office.audits_planchange c join office.proof_said('audits.plan_decided') s
                    on (s.about ->> 'change')::bigint = c.id and (s.about ->> 'edition')::int = e.number
                where c.edition = e.number and c.state = 'signed' and s.number <> c.asked_by_number
                  and e.schedule = (select b.schedule from office.people_policyedition b where b.number = c.on_edition)) end, false
    from office.people_policyedition e
$$;

-- The text of the first edition is the ledger's; of each later one the days that were asked for, and by whom.
create function office.proof_editions_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with asked as materialized (select s.number, (s.about ->> 'change')::bigint as id, s.about -> 'days' as days
        from office.proof_said('retention.schedule') s)
    select 'policy edition ' || e.number, e.in_force_at, case when e.number = (select min(f.number) from office.people_policyedition f)
        then exists (select from office.proof_said('people.setup') s where (s.about ->> 'policy_edition')::int = e.number
            and s.about ->> 'sha256' <> encode(sha256(convert_to(e.text, 'UTF8')), 'hex'))
        else exists (select from office.retention_schedulechange c where c.edition = e.number and not exists (select from asked a
            where a.id = c.id and a.number = c.asked_by_number and e.schedule @> a.days
              and e.schedule = (select b.schedule from office.people_policyedition b where b.number = c.on_edition) || a.days)) end, false
    from office.people_policyedition e
$$;

-- Every purged day of the ledger is on the list of what ended, and the other way round; certificates as the ledger sums them up.
create function office.proof_purges_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with lines as materialized (select s.leaf_id, s.at, s.about from office.proof_said('retention.purge') s)
    select format('purge %s, %s of %s', l.about ->> 'purge', l.about ->> 'kind', l.about ->> 'day'), l.at, not exists (
        select from office.retention_chunk c where c.leaf_id = l.leaf_id and c.kind = l.about ->> 'kind' and c.purge_id::text = l.about ->> 'purge'
            and c.day::text is not distinct from l.about ->> 'day'), false
    from lines l
    union all
    select format('%s of %s', g.kind, g.day), g.at, not exists (select from office.retention_chunk c where c.kind = g.kind and c.day = g.day)
        and not exists (select from office.proof_said('retention.replay') s where s.about ->> 'kind' = g.kind and s.about ->> 'day' = g.day::text), false
    from office.gone g
    union all
    select 'certificate ' || (s.about ->> 'certificate'), s.at, not exists (select from office.retention_certificate c
        where c.id::text = s.about ->> 'certificate' and c.purge_id::text = s.about ->> 'purge' and c.purged::text = s.about ->> 'purged'
          and c.spared::text = s.about ->> 'spared'
          and c.purged = (select coalesce(sum(k.purged), 0) from office.retention_chunk k where k.purge_id = c.purge_id)), false
    from office.proof_said('retention.certify') s
$$;

-- What was kept for a hold goes when the hold ended, a night round later.
create function office.proof_held_for_a_hold(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'held reads of ' || (h.captured_at at time zone 'UTC')::date, min(h.captured_at), bool_or(not plates.is_held(h))
        and coalesce((select max(r.released_at) from office.retention_hold r) < clock_timestamp() - interval '24 hours', true), false
    from plates.reads_held h group by (h.captured_at at time zone 'UTC')::date
$$;

-- A hold has its ground and authority, its reviews and its deadline, as the ledger and the policy say; and none of the ledger's is gone.
create function office.proof_holds_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with placed as materialized (select s.leaf_id, s.at, s.number, (s.about ->> 'hold')::bigint as id, s.about, office.ledger_facts(c.body) as words
        from office.proof_said('retention.hold') s left join plates.ledger_content c on c.leaf_id = s.leaf_id and c.at = s.at),
    looked_at as materialized (select distinct on (1) (s.about ->> 'hold')::bigint as id, s.about ->> 'review_on' as review_on
        from office.proof_said('retention.review') s order by 1, s.leaf_id desc),
    ended as materialized (select (s.about ->> 'hold')::bigint as id from office.proof_said('retention.release') s),
    longest as materialized (select max((regexp_match(e.text, '(?n)^[ \t]*booking_days[ \t]*=[ \t]*([0-9]{1,6})'))[1]::int) as booking
        from office.people_policyedition e)
    select format('hold H-%s', lpad(coalesce(h.id, p.id)::text, 5, '0')), coalesce(h.placed_at, p.at), h.id is null or p.id is null
        or h.ground !~ '\S' or h.authority !~ '\S' or (p.number, p.about ->> 'ground', p.about ->> 'scope', p.about ->> 'reads', p.about ->> 'alerts')
            is distinct from (h.placed_by_number::text, h.ground::text, h.scope::text, h.reads::text, h.alerts::text)
        or (p.words is not null and (p.words ->> 'authority', p.words ->> 'reference') is distinct from (h.authority::text, h.reference::text))
        or case when l.id is null then h.review_on > office.proof_day(h.placed_at) + 367 else l.review_on <> h.review_on::text end
        or h.book_by > office.proof_day(h.placed_at) + g.booking + 1
        or (h.released_at is null and exists (select from ended e where e.id = h.id)), false
    from office.retention_hold h full join placed p on p.id = h.id left join looked_at l on l.id = h.id cross join longest g
$$;

create function office.proof_bookings_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select s.at, s.number, s.about from office.proof_said('evidence.book') s)
    select format('package E-%s', lpad(coalesce(b.package_id::text, s.about ->> 'package'), 5, '0')), coalesce(b.booked_at, s.at),
        b.id is null or (s.number, s.about ->> 'item', s.about ->> 'medium') is distinct from
            (b.booked_by_number::text, b.item_number::text, b.medium_serial::text), false
    from office.evidence_booking b full join said s on (s.about ->> 'package')::bigint = b.package_id
$$;

-- ------------------------------------------------------------------------------------------------ release, and what was told

-- The agency, the letter and who took it in as the ledger has them; the person and the purpose while its contents are kept.
create function office.proof_requests_as_received(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select (s.about ->> 'request')::bigint as id, s.number, s.about, office.ledger_facts(c.body) as words
        from office.proof_said('release.receive') s left join plates.ledger_content c on c.leaf_id = s.leaf_id and c.at = s.at)
    select format('request R-%s', lpad(r.id::text, 5, '0')), r.received_at,
        (s.number, s.about ->> 'agency', s.about ->> 'letter') is distinct from (r.received_by_number::text, r.agency::text, r.letter_sha256::text)
        or (s.words is not null and (s.words ->> 'requester', s.words ->> 'purpose') is distinct from (r.requester::text, r.purpose::text)), false
    from office.release_releaserequest r left join said s on s.id = r.id
$$;

-- Decided as the ledger says, and by none but who it says; what waits was not decided.
create function office.proof_decisions_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select (s.about ->> 'request')::bigint as id, s.number, (s.about ->> 'approved')::boolean as approved,
        (s.about ->> 'narrowed')::boolean as narrowed from office.proof_said('release.decide') s)
    select format('request R-%s', lpad(r.id::text, 5, '0')), coalesce(r.decided_at, r.received_at), case
        when r.state in ('approved', 'denied') then not exists (select from said s where s.id = r.id and s.number = r.decided_by_number
            and s.approved = (r.state = 'approved') and s.narrowed = r.is_narrowed)
        else exists (select from said s where s.id = r.id) end, false
    from office.release_releaserequest r
$$;

create function office.proof_referrals_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('request R-%s', lpad(s.about ->> 'request', 5, '0')), s.at, not exists (select from office.release_releaserequest r
        where r.id = (s.about ->> 'request')::bigint and r.state = 'referred'), false
    from office.proof_said('release.refer') s
$$;

create function office.proof_days_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select s.at, s.about ->> 'day' as day, s.about ->> 'sha256' as digest from office.proof_said('proof.day') s)
    select 'check of ' || coalesce(d.day::text, s.day), coalesce(d.made_at, s.at), d.id is null or s.day is null or s.digest <> d.sha256
        or d.sha256 <> encode(sha256(convert_to(d.text, 'UTF8')), 'hex'), false
    from office.proof_dayscheck d full join said s on s.day = d.day::text
$$;

create function office.proof_years_as_said(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select s.at, s.number, s.about ->> 'year' as year, s.about ->> 'sha256' as digest from office.proof_said('proof.year') s)
    select 'year ' || coalesce(y.year::text, s.year), coalesce(y.made_at, s.at), y.id is null or s.year is null or s.number <> y.made_by_number
        or s.digest <> y.sha256 or y.sha256 <> encode(sha256(convert_to(y.text, 'UTF8')), 'hex'), false
    from office.proof_yeartold y full join said s on s.year = y.year::text
$$;
