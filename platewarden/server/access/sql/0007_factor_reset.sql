-- A lost second factor: asked by one member with that duty, confirmed by another, neither of them whose factor it is. Both are known by
-- the keys of their sign-ins. What is confirmed removes app, passkeys and recovery codes, and ends every sign-in of the member.
insert into office.reserved_act (act, is_look) values ('access.reset_asked', false), ('access.reset_decided', false);

create function office.ask_factor_reset(cookie bytea, the_number text, why text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    new_id bigint;
begin
    if who.member_number = the_number or not office.has_duty(who, array['supervisor', 'designee', 'system custodian']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    if not exists (select from office.people_member m where m.number = the_number and m.is_active) then
        raise exception 'no such member' using errcode = '40001';
    end if;
    update office.access_factorreset r set state = 'lapsed' where r.member_number = the_number and r.state = 'waiting'
        and r.asked_at < clock_timestamp() - interval '24 hours';
    insert into office.access_factorreset (member_number, because, asked_by, asked_by_number, asked_at, state, decided_by)
        values (the_number, why, who.member_number || ' ' || who.member_name, who.member_number, clock_timestamp(), 'waiting', '')
        returning id into new_id;
    perform office.ledger_write('access.reset_asked', who.member_number, who.member_name, '',
        jsonb_build_object('reset', new_id, 'member', the_number), jsonb_build_object('because', why));
    return new_id;
end $$;

create function office.decide_factor_reset(cookie bytea, the_reset bigint, confirms boolean) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    asked office.access_factorreset;
    whose bigint;
    n int := 0;
begin
    select * into asked from office.access_factorreset r where r.id = the_reset for update;
    if not found or asked.state <> 'waiting' or asked.asked_at < clock_timestamp() - interval '24 hours' then
        raise exception 'decided already' using errcode = '40001';
    end if;
    if who.member_number in (asked.asked_by_number, asked.member_number) or not office.has_duty(who, array['supervisor', 'designee']) then
        raise exception 'a second member confirms: the supervisor or designee' using errcode = '42501';
    end if;
    if confirms then
        select m.id into strict whose from office.people_member m where m.number = asked.member_number;
        delete from office.mfa_authenticator a where a.user_id = whose;
        update office.signed_in s set ended_at = clock_timestamp() where s.member_id = whose and s.ended_at is null;
        get diagnostics n = row_count;
    end if;
    update office.access_factorreset r set state = case when confirms then 'confirmed' else 'refused' end,
        decided_by = who.member_number || ' ' || who.member_name, decided_at = clock_timestamp() where r.id = the_reset;
    perform office.ledger_write('access.reset_decided', who.member_number, who.member_name, '',
        jsonb_build_object('reset', the_reset, 'member', asked.member_number, 'confirmed', confirms, 'sign_ins', n), null);
    return n;
end $$;
