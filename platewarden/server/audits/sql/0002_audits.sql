-- Audits: opened and drawn by the office's own round, judged and signed by auditors who are known by the key of their sign-in.

insert into office.reserved_act (act, is_look, is_search) values
    ('audits.open', false, false), ('audits.draw', false, false), ('audits.look', true, false), ('audits.judge', false, false),
    ('audits.answer', false, false), ('audits.close', false, false), ('audits.sign', false, false), ('audits.plan', false, false),
    ('audits.plan_decided', false, false);

create trigger kept before delete on office.audits_audit for each row execute function office.refuse_change();
create trigger kept_all before truncate on office.audits_audit for each statement execute function office.refuse_change();
create trigger kept before delete on office.audits_sheet for each row execute function office.refuse_change();
create trigger kept_all before truncate on office.audits_sheet for each statement execute function office.refuse_change();

-- The next audit: of the looks since the last one's day, due so many days later by the policy in force.
create function office.next_audit() returns table (since timestamptz, due_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select s.at, s.at + make_interval(days => office.policy_figure('audit_every_days'))
    from (select coalesce((select max(a.due_at) from office.audits_audit a),
        (select e.in_force_at from office.people_policyedition e order by e.number limit 1)) as at) s where s.at is not null
$$;

-- Opens the audit that is due, with the rules of its sample, and says which; null when none is. It waits until the last look of its
-- period has ended. `no_case`: the purposes of the policy that ask for no case or action number.
create function office.open_audit(no_case text[], zone text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    coming record;
    the_rules jsonb;
    new_id bigint;
    line bigint;
begin
    perform pg_advisory_xact_lock(4270011);
    select * into coming from office.next_audit();
    if coming.due_at is null or coming.due_at > clock_timestamp() or exists (select from office.access_record r
            where r.opened_at between coming.due_at - interval '1 h' and coming.due_at and r.until_at > clock_timestamp()
              and not exists (select from office.access_shown s where s.access_id = r.access_id)) then
        return null;
    end if;
    select jsonb_object_agg(f, office.policy_figure(f)) into the_rules from unnest(array['audit_random_looks', 'audit_weighted_looks',
        'audit_many_looks', 'audit_weight_tripped', 'audit_weight_many_looks', 'audit_weight_no_case', 'audit_weight_off_shift',
        'audit_weight_untrained']) f;
    the_rules := the_rules || jsonb_build_object('no_case', no_case, 'zone', zone);
    new_id := nextval(pg_get_serial_sequence('office.audits_audit', 'id'));
    line := office.ledger_write('audits.open', null, 'the office''s own round', '', jsonb_build_object('audit', new_id,
        'since', coming.since, 'due_at', coming.due_at, 'rules', the_rules), null);
    insert into office.audits_audit (id, since, due_at, opened_at, sign_by, rules, leaf_id, seed, looks_sha256, signed_by,
            signed_by_number, summary)
        overriding system value values (new_id, coming.since, coming.due_at, clock_timestamp(),
            coming.due_at + make_interval(days => office.policy_figure('audit_sign_days')), the_rules, line, '', '', '', '', '');
    return new_id;
end $$;

-- The looks of a period, each with its marks and its weight: the product of its marks' figures, at most 1,000.
create function office.looks_weighed(the_since timestamptz, the_until timestamptz, the_rules jsonb) returns table (
    access_id uuid, leaf_id bigint, at timestamptz, act text, purpose text, member_number text, member_name text, trained boolean,
    marks text[], weight int)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with looked as materialized (
        select r.access_id, r.leaf_id, r.opened_at, r.act, r.purpose, r.member_id, r.member_number, r.member_name,
            (r.opened_at at time zone (the_rules ->> 'zone'))::date as on_day,
            count(*) over (partition by r.member_id, (r.opened_at at time zone (the_rules ->> 'zone'))::date) as that_day
        from office.access_record r
        where r.opened_at >= the_since and r.opened_at < the_until and r.act <> 'audits.look'
    ), marked as (
        select l.*, exists (select from office.people_completion c where c.member_id = l.member_id and c.expires_on >= l.on_day
                and c.entered_at <= l.opened_at) as was_trained,
            exists (select from office.access_tripped t where t.access_id = l.access_id) as did_trip,
            the_rules -> 'no_case' ? l.purpose as names_none,
            exists (select from office.equipment_signedon s where s.member_number = l.member_number and s.since_at <= l.opened_at
                and s.since_at > l.opened_at - interval '1 day' and (s.until_at is null or s.until_at >= l.opened_at)) as in_a_unit
        from looked l
    )
    select m.access_id, m.leaf_id, m.opened_at, m.act, m.purpose, m.member_number, m.member_name, m.was_trained,
        array_remove(array[case when m.did_trip then 'tripped' end,
            case when m.that_day >= (the_rules ->> 'audit_many_looks')::int then 'many looks' end,
            case when m.names_none then 'no case' end,
            case when m.names_none and not m.in_a_unit then 'off shift' end,
            case when not m.was_trained then 'untrained' end], null),
        least(1000, case when m.did_trip then (the_rules ->> 'audit_weight_tripped')::int else 1 end
            * case when m.that_day >= (the_rules ->> 'audit_many_looks')::int then (the_rules ->> 'audit_weight_many_looks')::int else 1 end
            * case when m.names_none then (the_rules ->> 'audit_weight_no_case')::int else 1 end
            * case when m.names_none and not m.in_a_unit then (the_rules ->> 'audit_weight_off_shift')::int else 1 end
            * case when not m.was_trained then (the_rules ->> 'audit_weight_untrained')::int else 1 end)
    from marked m
$$;

-- A look's lot under a seed: 40 bits of a digest, from 0.
create function office.lot_of(the_seed text, kind text, the_access uuid) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select ('x' || substr(encode(sha256(convert_to(the_seed || ' ' || kind || ' ' || the_access::text, 'UTF8')), 'hex'), 1, 10))::bit(40)::bigint
$$;

-- Draws the sample of an audit, once the first checkpoint after its opening is signed: nobody can know that text before, and anybody can
-- draw the same again. The smallest lots at random; of the others the smallest lots divided by weight. Null when it is not signed yet.
create function office.draw_audit(the_audit bigint) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    a office.audits_audit;
    sealed office.ledger_checkpoint;
    the_seed text;
    n_looks int;
    digest text;
    n int;
begin
    select * into a from office.audits_audit x where x.id = the_audit for update;
    if not found or a.drawn_at is not null then
        return null;
    end if;
    select c.* into sealed from office.ledger_sealed s join office.ledger_checkpoint c on c.tree_size > s.tree_index
        where s.leaf_id = a.leaf_id order by c.tree_size limit 1;
    if not found then
        return null;
    end if;
    the_seed := encode(sha256(convert_to(sealed.note, 'UTF8')), 'hex');
    with looks as materialized (
        select w.*, office.lot_of(the_seed, 'random', w.access_id) as lot,
            office.lot_of(the_seed, 'weighted', w.access_id) * 1000000 / w.weight as weighted_lot
        from office.looks_weighed(a.since, a.due_at, a.rules) w
    ), at_random as materialized (
        select l.access_id from looks l order by l.lot, l.access_id limit (a.rules ->> 'audit_random_looks')::int
    ), by_weight as materialized (
        select l.access_id from looks l where l.access_id not in (select r.access_id from at_random r)
        order by l.weighted_lot, l.access_id limit (a.rules ->> 'audit_weighted_looks')::int
    ), written as (
        insert into office.audits_sheet (audit_id, position, drawn, marks, weight, access_id, leaf_id, at, act, purpose, member_number,
                member_name, trained, judged_by, judged_by_number, case_exists, judgement, finding, answer, closed_by, closed_because)
            select a.id, row_number() over (order by d.kind, l.at, l.access_id), d.kind, to_jsonb(l.marks), l.weight, l.access_id,
                l.leaf_id, l.at, l.act, l.purpose, l.member_number, l.member_name, l.trained, '', '', '', '', '', '', '', ''
            from (select r.access_id, 'random' as kind from at_random r union all select b.access_id, 'weighted' from by_weight b) d
            join looks l using (access_id)
            returning 1
    )
    select (select count(*) from looks), (select encode(sha256(convert_to(coalesce(string_agg(l.access_id::text, ' '
        order by l.access_id), ''), 'UTF8')), 'hex') from looks l), (select count(*) from written) into n_looks, digest, n;
    update office.audits_audit set drawn_at = clock_timestamp(), seed = the_seed, tree_size = sealed.tree_size, looks = n_looks,
        looks_sha256 = digest where id = a.id;
    perform office.ledger_write('audits.draw', null, 'the office''s own round', '', jsonb_build_object('audit', a.id, 'seed', the_seed,
        'tree_size', sealed.tree_size, 'looks', n_looks, 'looks_sha256', digest,
        'drawn', (select coalesce(jsonb_agg(s.leaf_id order by s.position), '[]') from office.audits_sheet s where s.audit_id = a.id)), null);
    return n;
end $$;

-- Door: what was asked in a drawn look, for an auditor who did not make it. Terms: sheet. What was erased on schedule is null.
create function plates.audited_look(the_access uuid) returns table (
    at timestamptz, act text, purpose text, reference text, terms jsonb, of_read text, shown int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    asked jsonb := office.pass_gate(the_access, 'audits.look');
    s office.audits_sheet;
    who office.signed_in;
    n int;
begin
    select g.* into strict who from office.access_record r join office.signed_in g on g.member_id = r.member_id
        where r.access_id = the_access order by g.signed_in_at desc limit 1;
    select * into s from office.audits_sheet x where x.id = (asked ->> 'sheet')::bigint;
    if not found or s.member_number = who.member_number or not office.has_duty(who, array['auditor']) then
        raise exception 'an auditor who did not make it looks' using errcode = '42501';
    end if;
    return query select r.opened_at, r.act, r.purpose, t.reference, t.terms,
            case when r.act = 'reads.look' and t.terms is not null then plates.plate_of_read((t.terms ->> 'read')::uuid,
                (t.terms ->> 'captured_at')::timestamptz) end, k.shown
        from office.access_record r left join plates.access_terms t on t.access_id = r.access_id and t.opened_at = r.opened_at
        left join office.access_shown k on k.access_id = r.access_id
        where r.access_id = s.access_id;
    get diagnostics n = row_count;
    perform office.note_shown(the_access, n);
end $$;

-- Whether a member was shown what a sheet's look asked for.
create function office.has_seen_sheet(the_member bigint, the_sheet bigint) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select exists (select from office.access_record r join plates.access_terms t on t.access_id = r.access_id and t.opened_at = r.opened_at
        join office.access_shown k on k.access_id = r.access_id
        where r.member_id = the_member and r.act = 'audits.look' and t.terms -> 'sheet' = to_jsonb(the_sheet))
$$;

-- A drawn look is judged by an auditor who did not make it and has looked at what it asked for; again until it was answered, closed or
-- its audit signed.
create function office.judge_sheet(cookie bytea, the_sheet bigint, case_is text, fits boolean, right_one boolean, the_judgement text,
    what text, answer_by date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    a office.audits_audit;
    s office.audits_sheet;
begin
    if not office.has_duty(who, array['auditor']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    -- the audit first, as whoever signs it does: no judgement slips in beside a signature
    select x.* into a from office.audits_audit x join office.audits_sheet y on y.audit_id = x.id where y.id = the_sheet for update of x;
    select * into s from office.audits_sheet y where y.id = the_sheet for update;
    if a.id is null or a.signed_at is not null or s.answered_at is not null or s.closed_at is not null then
        raise exception 'this is settled' using errcode = '40001';
    end if;
    if s.member_number = who.member_number then
        raise exception 'nobody judges their own look' using errcode = '42501';
    end if;
    if not office.has_seen_sheet(who.member_id, the_sheet) then
        raise exception 'look at it first' using errcode = '42501';
    end if;
    update office.audits_sheet set judged_at = clock_timestamp(), judged_by = who.member_number || ' ' || who.member_name,
        judged_by_number = who.member_number, case_exists = case_is, purpose_fits = fits, right_person = right_one,
        judgement = the_judgement, finding = what, follow_up_by = answer_by where id = the_sheet;
    perform office.ledger_write('audits.judge', who.member_number, who.member_name, '', jsonb_build_object('audit', s.audit_id,
        'sheet', s.position, 'look', s.leaf_id, 'case', case_is, 'fits', fits, 'right_person', right_one, 'judgement', the_judgement,
        'answer_by', answer_by), jsonb_build_object('finding', what));
end $$;

-- The member answers what was found about their own look, once.
create function office.answer_sheet(cookie bytea, the_sheet bigint, said text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    s office.audits_sheet;
begin
    select * into s from office.audits_sheet y where y.id = the_sheet for update;
    if not found or s.member_number <> who.member_number then
        raise exception 'only the member answers' using errcode = '42501';
    end if;
    if s.follow_up_by is null or s.answered_at is not null or s.closed_at is not null then
        raise exception 'this is settled' using errcode = '40001';
    end if;
    update office.audits_sheet set answer = said, answered_at = clock_timestamp() where id = the_sheet;
    perform office.ledger_write('audits.answer', who.member_number, who.member_name, '', jsonb_build_object('audit', s.audit_id,
        'sheet', s.position, 'look', s.leaf_id), jsonb_build_object('answer', said));
end $$;

-- A finding is closed by an auditor, not about oneself, once it was answered; of who has left also without.
create function office.close_sheet(cookie bytea, the_sheet bigint, why text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    s office.audits_sheet;
begin
    if not office.has_duty(who, array['auditor']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    select * into s from office.audits_sheet y where y.id = the_sheet for update;
    if not found or s.follow_up_by is null or s.closed_at is not null then
        raise exception 'this is settled' using errcode = '40001';
    end if;
    if s.member_number = who.member_number then
        raise exception 'nobody closes their own' using errcode = '42501';
    end if;
    if s.answered_at is null and exists (select from office.people_member m where m.number = s.member_number and m.is_active) then
        raise exception 'it stays open until answered' using errcode = '42501';
    end if;
    update office.audits_sheet set closed_at = clock_timestamp(), closed_by = who.member_number || ' ' || who.member_name,
        closed_because = why where id = the_sheet;
    perform office.ledger_write('audits.close', who.member_number, who.member_name, '', jsonb_build_object('audit', s.audit_id,
        'sheet', s.position, 'look', s.leaf_id), jsonb_build_object('because', why));
end $$;

-- Signed by an auditor of whom no look was drawn, when every sheet is judged. Open findings stay open beyond it.
create function office.sign_audit(cookie bytea, the_audit bigint, the_summary text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    a office.audits_audit;
begin
    if not office.has_duty(who, array['auditor']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    select * into a from office.audits_audit x where x.id = the_audit for update;
    if not found or a.signed_at is not null or a.drawn_at is null
            or exists (select from office.audits_sheet s where s.audit_id = a.id and s.judged_at is null) then
        raise exception 'it is signed, or not judged whole' using errcode = '40001';
    end if;
    if exists (select from office.audits_sheet s where s.audit_id = a.id and s.member_number = who.member_number) then
        raise exception 'somebody who is not in the sample signs' using errcode = '42501';
    end if;
    update office.audits_audit set signed_at = clock_timestamp(), signed_by = who.member_number || ' ' || who.member_name,
        signed_by_number = who.member_number, summary = the_summary where id = a.id;
    perform office.ledger_write('audits.sign', who.member_number, who.member_name, '', jsonb_build_object('audit', a.id,
        'sheets', (select count(*) from office.audits_sheet s where s.audit_id = a.id),
        'findings', (select count(*) from office.audits_sheet s where s.audit_id = a.id and s.judgement = 'finding'),
        'late', clock_timestamp() > a.sign_by), jsonb_build_object('summary', the_summary));
end $$;

-- The plan is changed by two members, one of them an auditor: managers alone cannot thin out the audits of themselves.
create function office.ask_audit_plan(cookie bytea, the_figures jsonb, edition int, why text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    new_id bigint;
begin
    if not office.has_duty(who, array['supervisor', 'designee', 'auditor']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    if exists (select from jsonb_each_text(the_figures) f where f.key !~ '^audit_[a-z_]{1,40}$' or f.value !~ '^[1-9][0-9]{0,4}$') then
        raise exception 'these are no figures of the plan' using errcode = '42501';
    end if;
    insert into office.audits_planchange (figures, on_edition, because, asked_by, asked_by_number, asked_by_auditor, asked_at, state,
            decided_by)
        values (the_figures, edition, why, who.member_number || ' ' || who.member_name, who.member_number,
            office.has_duty(who, array['auditor']), clock_timestamp(), 'waiting', '')
        returning id into new_id;
    perform office.ledger_write('audits.plan', who.member_number, who.member_name, '',
        jsonb_build_object('change', new_id, 'edition', edition, 'figures', the_figures), jsonb_build_object('because', why));
    return new_id;
end $$;

-- The database makes the edition's text from the figures: no other line of the policy can change by this.
create function office.decide_audit_plan(cookie bytea, the_change bigint, sign boolean) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    change office.audits_planchange;
    before office.people_policyedition;
    new_text text;
    new_number int;
    f record;
begin
    select * into change from office.audits_planchange c where c.id = the_change for update;
    if not found or change.state <> 'waiting' then
        raise exception 'decided already' using errcode = '40001';
    end if;
    if change.asked_by_number = who.member_number or not office.has_duty(who, array['supervisor', 'designee', 'auditor'])
            or not (change.asked_by_auditor or office.has_duty(who, array['auditor'])) then
        raise exception 'a second member signs, and one of the two is an auditor' using errcode = '42501';
    end if;
    if sign then
        select * into strict before from office.people_policyedition e order by e.number desc limit 1 for update;
        if before.number <> change.on_edition then
            raise exception 'the policy was changed meanwhile' using errcode = '40001';
        end if;
        new_text := before.text;
        for f in select * from jsonb_each_text(change.figures) loop
            new_text := regexp_replace(new_text, '(?n)^([ \t]*' || f.key || '[ \t]*=[ \t]*)[0-9]+', '\1' || f.value);
        end loop;
        new_number := before.number + 1;
        insert into office.people_policyedition (number, text, schedule, in_force_at, signed_by)
            values (new_number, new_text, before.schedule, greatest(clock_timestamp(), before.in_force_at),
                change.asked_by || ' and ' || who.member_number || ' ' || who.member_name);
    end if;
    update office.audits_planchange set state = case when sign then 'signed' else 'refused' end, edition = new_number,
        decided_by = who.member_number || ' ' || who.member_name, decided_at = clock_timestamp() where id = the_change;
    perform office.ledger_write('audits.plan_decided', who.member_number, who.member_name, '',
        jsonb_build_object('change', the_change, 'signed', sign, 'edition', new_number), null);
    return new_number;
end $$;

grant select on office.audits_sheet to {door};
alter function plates.audited_look(uuid) owner to {door};
