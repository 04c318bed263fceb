-- Tripwires: what a look trips is written in the transaction that opens it, and from some number on a look is refused until somebody
-- else has judged. The figures stand in the policy's edition in force, under [tripwires].

-- The key of keyed hashes of plates. A plate is never kept for this; whoever holds a copy of the database and tries all plates can tell
-- which were looked at, as they could from what was asked while that is kept.
create table plates.hash_key (one boolean primary key default true check (one), key bytea not null check (length(key) = 32));
insert into plates.hash_key (key) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

create function plates.keyed(the_plate text) returns bytea
language sql stable set search_path = pg_catalog, pg_temp as $$
    select sha256(k.key || sha256(k.key || convert_to(the_plate, 'UTF8'))) from plates.hash_key k
$$;

-- Which looks were at one plate: by its keyed hash, so that it can be told after the plate is purged.
create table office.looked_at (
    access_id uuid primary key references office.access_record,
    keyed     bytea not null,
    member_id bigint not null,
    at        timestamptz not null
);
create index looked_at_member on office.looked_at (member_id, keyed, at);
create trigger append_only before update or delete on office.looked_at for each row execute function office.refuse_change();
create trigger append_only_all before truncate on office.looked_at for each statement execute function office.refuse_change();

-- A whole number of the policy in force.
create function office.policy_figure(the_name text) returns int
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select (regexp_match(e.text, '(?n)^[ \t]*' || the_name || '[ \t]*=[ \t]*([0-9]{1,9})'))[1]::int
    from office.people_policyedition e where e.in_force_at <= clock_timestamp() order by e.number desc limit 1
$$;

-- Looks of a member at a plate that nobody has judged to be in order.
create function office.looks_unjudged(the_member bigint, the_hash bytea) returns int
language sql stable set search_path = pg_catalog, pg_temp as $$
    select count(*)::int from office.looked_at l where l.member_id = the_member and l.keyed = the_hash
        and l.at > clock_timestamp() - make_interval(days => office.policy_figure('same_plate_days'))
        and l.at > coalesce((select max(t.judged_at) from office.access_tripped t join office.looked_at k on k.access_id = t.access_id
            where k.member_id = the_member and k.keyed = the_hash and t.judgement = 'in order'), '-infinity')
$$;

create function office.trip(the_rule text, the_access uuid, who office.signed_in, n int) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    managers boolean := office.has_duty(who, array['supervisor', 'designee']);
    new_id bigint;
begin
    insert into office.access_tripped (at, rule, access_id, member_number, member_name, count, to_auditor, judged_by, judgement, note)
        values (clock_timestamp(), the_rule, the_access, who.member_number, who.member_name, n, managers, '', '', '')
        returning id into new_id;
    perform office.ledger_write('access.tripped', null, 'the tripwires', '',
        jsonb_build_object('tripped', new_id, 'rule', the_rule, 'access', the_access, 'count', n), null);
end $$;

-- What a look that was just recorded trips. Each rule speaks at its number, and not again at every look after it.
create function office.feel(the_access uuid, who office.signed_in, the_act text, the_terms jsonb, the_hash bytea) returns void
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
    if the_act in ('reads.search', 'reads.pattern', 'reads.look') then
        select count(*) into n from office.access_record r where r.member_id = who.member_id and r.opened_at > a_day_ago
            and r.act in ('reads.search', 'reads.pattern', 'reads.look');
        if n = office.policy_figure('looks_a_day') then
            perform office.trip('many looks', the_access, who, n);
        end if;
    end if;
    if the_act = 'reads.pattern' then
        n := length(regexp_replace(the_terms ->> 'pattern', '[^A-Z0-9]', '', 'g'));
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
    if office.ledger_is_behind() then
        raise exception 'the ledger is not being sealed' using errcode = '57P03';
    end if;
    if the_act = 'reads.search' then
        the_hash := plates.keyed(the_terms ->> 'plate');
    elsif the_act = 'reads.pattern' then         -- else a star behind a plate would count as nothing
        the_hash := plates.keyed('part ' || (the_terms ->> 'pattern'));
    elsif the_act = 'reads.look' then
        the_hash := plates.keyed(plates.plate_of_read((the_terms ->> 'read')::uuid, (the_terms ->> 'captured_at')::timestamptz));
    end if;
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

-- Door: what was asked in a look that waits for a judgement, and in that member's other looks at the same plate, for whoever may judge
-- it. Terms: tripped. What was erased on schedule is null.
create function plates.looks_to_judge(the_access uuid) returns table (
    at timestamptz, act text, purpose text, reference text, terms jsonb, is_the_one boolean)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    asked jsonb := office.pass_gate(the_access, 'access.review');
    tripped office.access_tripped;
    who office.signed_in;
    shown int;
begin
    select s.* into strict who from office.access_record r join office.signed_in s on s.member_id = r.member_id
        where r.access_id = the_access order by s.signed_in_at desc limit 1;
    select * into tripped from office.access_tripped t where t.id = (asked ->> 'tripped')::bigint;
    if not found or tripped.member_number = who.member_number
            or (tripped.to_auditor and not office.has_duty(who, array['auditor'])) then
        raise exception 'somebody else judges' using errcode = '42501';
    end if;
    return query select r.opened_at, r.act, r.purpose, t.reference, t.terms, r.access_id = tripped.access_id
        from office.access_record r left join plates.access_terms t on t.access_id = r.access_id and t.opened_at = r.opened_at
        where r.access_id = tripped.access_id or r.access_id in (
            select other.access_id from office.looked_at one join office.looked_at other
                on other.keyed = one.keyed and other.member_id = one.member_id where one.access_id = tripped.access_id)
        order by r.opened_at desc limit 200;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

-- Judged by somebody else: of managers by the auditor alone, of others by a manager or the auditor.
create function office.judge_tripped(cookie bytea, the_tripped bigint, the_judgement text, the_note text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    tripped office.access_tripped;
begin
    select * into tripped from office.access_tripped t where t.id = the_tripped for update;
    if not found or tripped.judged_at is not null then
        raise exception 'judged already' using errcode = '40001';
    end if;
    if tripped.member_number = who.member_number or not office.has_duty(who, case when tripped.to_auditor then array['auditor']
            else array['auditor', 'supervisor', 'designee'] end) then
        raise exception 'somebody else judges' using errcode = '42501';
    end if;
    update office.access_tripped set judged_at = clock_timestamp(), judged_by = who.member_number || ' ' || who.member_name,
        judgement = the_judgement, note = the_note where id = the_tripped;
    perform office.ledger_write('access.judge', who.member_number, who.member_name, '',
        jsonb_build_object('tripped', the_tripped, 'judgement', the_judgement), jsonb_build_object('note', the_note));
end $$;

-- A plate that is protected: kept as a keyed hash, listed nowhere. Whoever takes it off has to name it again.
create function office.protect_plate(cookie bytea, the_plate text, on_it boolean) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    n int;
begin
    if not office.has_duty(who, array['supervisor', 'designee', 'auditor']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    if on_it then
        insert into office.access_protected (keyed, since_at) values (plates.keyed(the_plate), clock_timestamp()) on conflict do nothing;
    else
        delete from office.access_protected p where p.keyed = plates.keyed(the_plate);
    end if;
    get diagnostics n = row_count;
    perform office.ledger_write('access.protect', who.member_number, who.member_name, '', jsonb_build_object('on', on_it), null);
    return n > 0;
end $$;

create or replace function office.ledger_append(
    the_act text, the_member_number text, the_member_name text, the_purpose text, the_about jsonb, the_content jsonb
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if the_act in ('reads.search', 'reads.pattern', 'reads.look', 'alerts.look', 'hotlists.bolos', 'retention.scope', 'retention.look',
            'evidence.package', 'access.review') then
        raise exception 'the line of a look is written by open_access only' using errcode = '42501';
    end if;
    if the_act in ('retention.hold', 'retention.purge', 'retention.schedule', 'retention.schedule_decided', 'retention.release',
            'retention.clock', 'retention.booked', 'evidence.written', 'evidence.book', 'access.tripped', 'access.judge',
            'access.protect') then
        raise exception 'this line is written with its act only' using errcode = '42501';
    end if;
    return office.ledger_write(the_act, the_member_number, the_member_name, the_purpose, the_about, the_content);
end $$;

grant select on plates.hash_key, office.access_protected, office.people_policyedition to {door};
grant select, insert on office.looked_at, office.access_tripped to {door};
alter function office.has_duty(office.signed_in, text[]) security definer;
grant execute on function plates.keyed(text), office.looks_unjudged(bigint, bytea), office.has_duty(office.signed_in, text[]),
    office.trip(text, uuid, office.signed_in, int), office.feel(uuid, office.signed_in, text, jsonb, bytea) to {door};
alter function office.policy_figure(text) owner to {door};
alter function office.open_access(bytea, text, text, text, jsonb) owner to {door};
alter function plates.looks_to_judge(uuid) owner to {door};
