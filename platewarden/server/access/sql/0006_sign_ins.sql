-- Sign-ins as their member sees them: when, from where, with what, when somebody was last there; each can be ended from elsewhere.
-- And members who did nothing for long: disabled by the worker, opened again by a manager.
alter table office.signed_in
    add column id            bigint generated always as identity unique,
    add column address       text not null default '',
    add column browser       text not null default '',  -- a few words, never what the browser said of itself
    add column factor        text not null default '',
    add column last_input_at timestamptz;

insert into office.reserved_act (act, is_look) values ('access.ended', false), ('access.dormant', false), ('access.enabled', false);

-- Sign-ins of the last thirty days, of oneself; of another member for a manager.
create function office.sign_ins(cookie bytea, the_number text) returns table (
    id bigint, signed_in_at timestamptz, until_at timestamptz, ended_at timestamptz, address text, browser text, factor text,
    last_input_at timestamptz, is_this boolean)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
begin
    if who.member_number <> the_number and not office.has_duty(who, array['supervisor', 'designee']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    return query select s.id, s.signed_in_at, s.until_at, s.ended_at, s.address, s.browser, s.factor, s.last_input_at, s.id = who.id
        from office.signed_in s where s.member_number = the_number and s.signed_in_at > clock_timestamp() - interval '30 days'
        order by (s.ended_at is null and s.until_at > clock_timestamp()) desc, s.signed_in_at desc limit 50;
end $$;

-- Ends one sign-in, or with no id all of them but the one that asks. One's own, or for a manager another member's.
create function office.end_sign_ins(cookie bytea, the_number text, the_id bigint) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    n int;
begin
    if who.member_number <> the_number and not office.has_duty(who, array['supervisor', 'designee']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    update office.signed_in s set ended_at = clock_timestamp() where s.member_number = the_number and s.id <> who.id
        and (the_id is null or s.id = the_id) and s.ended_at is null and s.until_at > clock_timestamp();
    get diagnostics n = row_count;
    if n > 0 then
        perform office.ledger_write('access.ended', who.member_number, who.member_name, '',
            jsonb_build_object('member', the_number, 'sign_ins', n), null);
    end if;
    return n;
end $$;

-- Disables whoever did nothing in their own name for so many days as the policy says, in the office or in a car. Not the supervisor: the
-- seat is never empty. Not while the server's clock is not believed: a wrong date would shut everybody out.
create function office.disable_dormant() returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    days int := coalesce(office.policy_figure('dormant_days'), 90);
    since timestamptz := clock_timestamp() - make_interval(days => days);
    dormant office.people_member;
    n int := 0;
begin
    if not office.clock_is_trusted() then
        return 0;
    end if;
    for dormant in select m.* from office.people_member m where m.is_active and m.joined_at < since
            and coalesce(m.enabled_at, m.joined_at) < since
            and not exists (select from office.people_assignment a where a.member_id = m.id and a.duty = 'supervisor' and a.until_at is null)
            and coalesce((select l.at from office.ledger_leaf l where l.member_number = m.number order by l.leaf_id desc limit 1),
                m.joined_at) < since
            for update of m skip locked loop
        update office.people_member m set is_active = false, dormant_at = clock_timestamp() where m.id = dormant.id;
        update office.signed_in s set ended_at = clock_timestamp() where s.member_id = dormant.id and s.ended_at is null;
        perform office.ledger_write('access.dormant', null, 'the office', '',
            jsonb_build_object('member', dormant.number, 'days', days), null);
        n := n + 1;
    end loop;
    return n;
end $$;

-- A dormant member may sign in again: by a manager, never by oneself. Who left stays out.
create function office.enable_member(cookie bytea, the_number text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
begin
    if who.member_number = the_number or not office.has_duty(who, array['supervisor', 'designee']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    update office.people_member m set is_active = true, dormant_at = null, enabled_at = clock_timestamp()
        where m.number = the_number and not m.is_active and m.dormant_at is not null;
    if not found then
        raise exception 'not dormant' using errcode = '40001';
    end if;
    perform office.ledger_write('access.enabled', who.member_number, who.member_name, '', jsonb_build_object('member', the_number), null);
end $$;
