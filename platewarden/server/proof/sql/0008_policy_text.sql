-- The written policy, and who acknowledged it.

create function office.proof_policy_texts(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'policy text ' || t.number, t.entered_at, not exists (select from office.proof_said('people.policy') s
            where s.about ->> 'text' = t.number::text and s.about ->> 'digest' = encode(sha256(convert_to(t.text, 'UTF8')), 'hex')
            and s.about ->> 'in_force_on' = t.in_force_on::text), false
    from office.people_policytext t
$$;

-- Late is who did not acknowledge the text in force in time; wrong, an acknowledgement that the member never made in the ledger.
create function office.proof_policy_acknowledged(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with standing as (
        select t.* from office.people_policytext t where t.in_force_on <= office.proof_day(clock_timestamp()) order by t.number desc limit 1)
    select 'member ' || m.number, a.acknowledged_at,
        a.id is not null and not exists (select from office.proof_said('people.acknowledge') s
            where s.number = m.number and s.about ->> 'text' = t.number::text),
        a.id is null and office.proof_day(clock_timestamp()) > office.policy_figure('acknowledge_days')
            + greatest(t.in_force_on, office.proof_day(t.entered_at), office.proof_day(m.joined_at))
    from standing t cross join office.people_member m
        left join office.people_acknowledgement a on a.member_id = m.id and a.text_id = t.number
    where m.is_active and exists (select from office.people_assignment g where g.member_id = m.id and g.since_at <= clock_timestamp()
        and (g.until_at is null or g.until_at > clock_timestamp()))
$$;
