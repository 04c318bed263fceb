-- Which acts are not anybody's to write: the lines of looks, and of acts that a function of the database writes with what it does.
-- Each room adds its own rows. And what a look is at, told from its terms rather than from a list of acts.

create table office.reserved_act (
    act       text primary key,
    is_look   boolean not null,        -- its line is written by open_access only
    is_search boolean not null default false  -- counts among a member's looks of a day
);
insert into office.reserved_act (act, is_look, is_search) values
    ('reads.search', true, true), ('reads.pattern', true, true), ('reads.look', true, true),
    ('alerts.look', true, false), ('hotlists.bolos', true, false), ('retention.scope', true, false), ('retention.look', true, false),
    ('evidence.package', true, false), ('access.review', true, false),
    ('retention.hold', false, false), ('retention.purge', false, false), ('retention.schedule', false, false),
    ('retention.schedule_decided', false, false), ('retention.release', false, false), ('retention.clock', false, false),
    ('retention.booked', false, false), ('evidence.written', false, false), ('evidence.book', false, false),
    ('access.tripped', false, false), ('access.judge', false, false), ('access.protect', false, false);

create or replace function office.ledger_append(
    the_act text, the_member_number text, the_member_name text, the_purpose text, the_about jsonb, the_content jsonb
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    reserved office.reserved_act;
begin
    select * into reserved from office.reserved_act r where r.act = the_act;
    if found and reserved.is_look then
        raise exception 'the line of a look is written by open_access only' using errcode = '42501';
    elsif found then
        raise exception 'this line is written with its act only' using errcode = '42501';
    end if;
    return office.ledger_write(the_act, the_member_number, the_member_name, the_purpose, the_about, the_content);
end $$;

-- The keyed hash of what a look is at: a plate, a partial plate (else a star behind a plate would count as nothing), or a read.
create function office.hash_of_look(the_act text, the_terms jsonb) returns bytea
language sql stable set search_path = pg_catalog, pg_temp as $$
    select case when the_terms ->> 'plate' is not null then plates.keyed(the_terms ->> 'plate')
                when the_terms ->> 'pattern' ~ '^[A-Z0-9]+$' then plates.keyed(the_terms ->> 'pattern')
                when the_terms ->> 'pattern' is not null then plates.keyed('part ' || (the_terms ->> 'pattern'))
                when the_act = 'reads.look' then plates.keyed(plates.plate_of_read((the_terms ->> 'read')::uuid,
                    (the_terms ->> 'captured_at')::timestamptz)) end
$$;

-- How many characters of a partial plate are known; one of a few, such as [0O], is.
create function office.known_characters(the_pattern text) returns int
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select length(regexp_replace(regexp_replace(the_pattern, '\[[A-Z0-9]*\]', 'X', 'g'), '[^A-Z0-9]', '', 'g'))
$$;

create or replace function office.feel(the_access uuid, who office.signed_in, the_act text, the_terms jsonb, the_hash bytea) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    a_day_ago timestamptz := clock_timestamp() - interval '24 hours';
    n int;
begin
    if the_hash is not null then
        insert into office.looked_at values (the_access, the_hash, who.member_id, clock_timestamp());
        n := office.looks_unjudged(who.member_id, the_hash);
        if n = office.policy_figure('same_plate_looks') or n = office.policy_figure('same_plate_refused_after') then
            perform office.trip('same plate', the_access, who, n);
        end if;
        if exists (select from office.access_protected p where p.keyed = the_hash) then
            perform office.trip('protected plate', the_access, who, n);
        end if;
    end if;
    if exists (select from office.reserved_act a where a.act = the_act and a.is_search) then
        select count(*) into n from office.access_record r join office.reserved_act a on a.act = r.act and a.is_search
            where r.member_id = who.member_id and r.opened_at > a_day_ago;
        if n = office.policy_figure('looks_a_day') then
            perform office.trip('many looks', the_access, who, n);
        end if;
    end if;
    if the_act = 'reads.pattern' then
        n := office.known_characters(the_terms ->> 'pattern');
        if n < office.policy_figure('pattern_known_characters') then
            perform office.trip('wide search', the_access, who, n);
        end if;
    end if;
    select count(*) into n from office.signed_in s where s.member_id = who.member_id and s.ended_at is null
        and s.until_at > clock_timestamp();
    if n > office.policy_figure('sign_ins_at_once') and not exists (select from office.access_tripped t
            where t.member_number = who.member_number and t.rule = 'sign-ins at once' and t.at > a_day_ago) then
        perform office.trip('sign-ins at once', the_access, who, n);
    end if;
end $$;

create or replace function office.open_access(cookie bytea, the_act text, the_purpose text, the_reference text, the_terms jsonb)
returns table (access_id uuid, opened_at timestamptz, until_at timestamptz, leaf_id bigint, whose bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in;
    line bigint;
    new_access uuid := gen_random_uuid();
    stamped timestamptz := clock_timestamp();
    the_hash bytea;
begin
    perform set_config('synchronous_commit', 'on', true);
    select * into who from office.signed_in s
        where s.cookie_sha256 = sha256(cookie) and s.ended_at is null and s.until_at > stamped;
    if not found then
        raise exception 'nobody is signed in with this key' using errcode = '28000';
    end if;
    if not exists (select from office.reserved_act a where a.act = the_act and a.is_look) then
        raise exception 'this act is no look' using errcode = '42501';
    end if;
    if office.ledger_is_behind() then
        raise exception 'the ledger is not being sealed' using errcode = '57P03';
    end if;
    the_hash := office.hash_of_look(the_act, the_terms);
    if the_hash is not null and office.looks_unjudged(who.member_id, the_hash) >= office.policy_figure('same_plate_refused_after') then
        raise exception 'looks at this plate wait for a judgement' using errcode = 'PW001';
    end if;
    line := office.ledger_write(the_act, who.member_number, who.member_name, the_purpose,
        jsonb_build_object('access', new_access), jsonb_build_object('reference', the_reference, 'terms', the_terms));
    insert into office.access_record values (new_access, session_user, pg_current_xact_id(), stamped, stamped + interval '300 s',
        who.member_id, who.member_number, who.member_name, the_purpose, the_act, line);
    insert into plates.access_terms values (new_access, stamped, the_reference, the_terms);
    perform office.feel(new_access, who, the_act, the_terms, the_hash);
    return query select new_access, stamped, stamped + interval '300 s', line, who.member_id;
end $$;

grant select on office.reserved_act to {door};
grant execute on function office.hash_of_look(text, jsonb), office.known_characters(text) to {door};
alter function office.open_access(bytea, text, text, text, jsonb) owner to {door};
