-- The third path: who is neither a law-enforcement nor a prosecutorial agency, and whom a law permits the data, comes with its instrument.
-- It stays on file beside the letter; such a request is not referred, and only the supervisor approves it.

alter table plates.release_paper add column permit bytea;

drop function office.receive_compelled(bytea, jsonb, text, bytea, uuid);
drop function office.receive_release(bytea, jsonb, text, bytea);

-- Puts a request on file, and says which. A request of another than a law-enforcement or prosecutorial agency is referred by that, unless
-- its instrument comes with it. What compels the department names a hold that stands: it cannot be released while this is written.
create function office.receive_release(cookie bytea, said jsonb, what_is_asked text, the_letter bytea, the_permit bytea) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    shared boolean := said ->> 'agency_kind' in ('law enforcement', 'prosecutorial');
    permit_digest text := coalesce(encode(sha256(the_permit), 'hex'), '');
    new_id bigint;
begin
    perform pg_advisory_xact_lock(4270010);
    if not office.has_duty(who, array['supervisor', 'designee', 'records clerk']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    if the_permit is not null and (shared or office.has_duty(who, array['supervisor'])) then
        raise exception 'an instrument is of who needs one, and not taken in by who approves it' using errcode = '42501';
    end if;
    if said ->> 'hold_id' is not null and not exists (select from office.retention_hold h
            where h.id = (said ->> 'hold_id')::bigint and h.released_at is null) then
        raise exception 'that hold does not stand' using errcode = '40001';
    end if;
    insert into office.release_releaserequest (agency, agency_kind, agency_state, requester, purpose, basis, instrument, reference,
            has_declaration, barred_because, hold_id, letter_sha256, letter_bytes, permit_sha256, permit_bytes, received_at, received_by,
            received_by_number, due_on, state, is_narrowed, decided_by, decided_by_number, decided_because)
        values (said ->> 'agency', said ->> 'agency_kind', said ->> 'agency_state', said ->> 'requester', said ->> 'purpose',
            said ->> 'basis', said ->> 'instrument', said ->> 'reference', (said ->> 'has_declaration')::boolean,
            said ->> 'barred_because', (said ->> 'hold_id')::bigint, encode(sha256(the_letter), 'hex'), length(the_letter),
            permit_digest, coalesce(length(the_permit), 0),
            clock_timestamp(), who.member_number || ' ' || who.member_name, who.member_number, (said ->> 'due_on')::date,
            case when shared or the_permit is not null then 'waiting' else 'referred' end, false, '', '', '')
        returning id into new_id;
    insert into plates.release_paper (request_id, asked, letter, permit) values (new_id, what_is_asked, the_letter, the_permit);
    perform office.ledger_write('release.receive', who.member_number, who.member_name, '', jsonb_build_object('request', new_id,
        'agency', said ->> 'agency', 'hold', said -> 'hold_id', 'letter', encode(sha256(the_letter), 'hex'), 'instrument', permit_digest),
        jsonb_build_object('requester', said ->> 'requester', 'purpose', said ->> 'purpose', 'asked', what_is_asked));
    if not shared and the_permit is null then
        perform office.ledger_write('release.refer', who.member_number, who.member_name, '', jsonb_build_object('request', new_id), null);
    end if;
    return new_id;
end $$;

-- What compels the department places its hold with the request, in one transaction. The hold is placed by the access of the same member.
create function office.receive_compelled(cookie bytea, said jsonb, what_is_asked text, the_letter bytea, the_permit bytea,
    the_access uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    placed bigint;
begin
    if not exists (select from office.access_record r where r.access_id = the_access and r.member_number = who.member_number) then
        raise exception 'the hold is placed by whoever takes the request in' using errcode = '42501';
    end if;
    select h.hold_id into strict placed from plates.place_hold(the_access) h;
    return office.receive_release(cookie, said || jsonb_build_object('hold_id', placed), what_is_asked, the_letter, the_permit);
end $$;

-- Decided by the supervisor or designee, never by who took it in; what a rule bars is not approved, and what only a law permits is
-- approved by the supervisor.
create or replace function office.decide_release(cookie bytea, the_request bigint, approves boolean, why text, narrower text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    asked office.release_releaserequest;
begin
    if not office.has_duty(who, array['supervisor', 'designee']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    select * into asked from office.release_releaserequest r where r.id = the_request for update;
    if not found or asked.state <> 'waiting' then
        raise exception 'decided already' using errcode = '40001';
    end if;
    if asked.received_by_number = who.member_number then
        raise exception 'somebody else decides' using errcode = '42501';
    end if;
    if approves and asked.barred_because <> '' then
        raise exception 'a rule bars this' using errcode = '42501';
    end if;
    if approves and asked.permit_sha256 <> '' and not office.has_duty(who, array['supervisor']) then
        raise exception 'the supervisor approves what only a law permits' using errcode = '42501';
    end if;
    update office.release_releaserequest set state = case when approves then 'approved' else 'denied' end,
        is_narrowed = approves and narrower <> '', decided_at = clock_timestamp(),
        decided_by = who.member_number || ' ' || who.member_name, decided_by_number = who.member_number, decided_because = why
        where id = the_request;
    update plates.release_paper set narrowed = narrower where request_id = the_request and approves;
    perform office.ledger_write('release.decide', who.member_number, who.member_name, '', jsonb_build_object('request', the_request,
        'approved', approves, 'narrowed', approves and narrower <> ''), jsonb_build_object('because', why, 'only', narrower));
end $$;

-- Door: what a request asks for, its letter, and its instrument. Terms: request.
drop function plates.release_papers(uuid);
create function plates.release_papers(the_access uuid) returns table (asked text, narrowed text, letter bytea, permit bytea)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'release.look');
    shown int;
begin
    return query select p.asked, p.narrowed, p.letter, p.permit from plates.release_paper p
        where p.request_id = (terms ->> 'request')::bigint;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;
alter function plates.release_papers(uuid) owner to {door};
