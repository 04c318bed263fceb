-- Release requests are written by a signed-in person through these functions only, and stay on file.

insert into office.reserved_act (act, is_look, is_search) values
    ('release.receive', false, false), ('release.refer', false, false), ('release.decide', false, false), ('release.look', true, false);

-- What an agency asks for in its own words, what of it was approved, and its letter: they name vehicles.
create table plates.release_paper (
    request_id bigint primary key,
    asked      text not null check (asked <> ''),
    narrowed   text not null default '',
    letter     bytea not null
);
create trigger on_file before delete on plates.release_paper for each row execute function office.refuse_change();
create trigger on_file_all before truncate on plates.release_paper for each statement execute function office.refuse_change();
create trigger on_file before delete on office.release_releaserequest for each row execute function office.refuse_change();
create trigger on_file_all before truncate on office.release_releaserequest for each statement execute function office.refuse_change();

-- Puts a request on file, and says which. A request of another than a law-enforcement or prosecutorial agency is referred by that. What
-- compels the department names a hold that stands: it cannot be released while this is written.
create function office.receive_release(cookie bytea, said jsonb, what_is_asked text, the_letter bytea) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    shared boolean := said ->> 'agency_kind' in ('law enforcement', 'prosecutorial');
    new_id bigint;
begin
    perform pg_advisory_xact_lock(4270010);
    if not office.has_duty(who, array['supervisor', 'designee', 'records clerk']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    if said ->> 'hold_id' is not null and not exists (select from office.retention_hold h
            where h.id = (said ->> 'hold_id')::bigint and h.released_at is null) then
        raise exception 'that hold does not stand' using errcode = '40001';
    end if;
    insert into office.release_releaserequest (agency, agency_kind, agency_state, requester, purpose, basis, instrument, reference,
            has_declaration, barred_because, hold_id, letter_sha256, letter_bytes, received_at, received_by, received_by_number, due_on,
            state, is_narrowed, decided_by, decided_by_number, decided_because)
        values (said ->> 'agency', said ->> 'agency_kind', said ->> 'agency_state', said ->> 'requester', said ->> 'purpose',
            said ->> 'basis', said ->> 'instrument', said ->> 'reference', (said ->> 'has_declaration')::boolean,
            said ->> 'barred_because', (said ->> 'hold_id')::bigint, encode(sha256(the_letter), 'hex'), length(the_letter),
            clock_timestamp(), who.member_number || ' ' || who.member_name, who.member_number, (said ->> 'due_on')::date,
            case when shared then 'waiting' else 'referred' end, false, '', '', '')
        returning id into new_id;
    insert into plates.release_paper (request_id, asked, letter) values (new_id, what_is_asked, the_letter);
    perform office.ledger_write('release.receive', who.member_number, who.member_name, '', jsonb_build_object('request', new_id,
        'agency', said ->> 'agency', 'hold', said -> 'hold_id', 'letter', encode(sha256(the_letter), 'hex')),
        jsonb_build_object('requester', said ->> 'requester', 'purpose', said ->> 'purpose', 'asked', what_is_asked));
    if not shared then
        perform office.ledger_write('release.refer', who.member_number, who.member_name, '', jsonb_build_object('request', new_id), null);
    end if;
    return new_id;
end $$;

-- Decided by the supervisor or designee, never by who took it in; what a rule bars is not approved.
create function office.decide_release(cookie bytea, the_request bigint, approves boolean, why text, narrower text) returns void
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
    update office.release_releaserequest set state = case when approves then 'approved' else 'denied' end,
        is_narrowed = approves and narrower <> '', decided_at = clock_timestamp(),
        decided_by = who.member_number || ' ' || who.member_name, decided_by_number = who.member_number, decided_because = why
        where id = the_request;
    update plates.release_paper set narrowed = narrower where request_id = the_request and approves;
    perform office.ledger_write('release.decide', who.member_number, who.member_name, '', jsonb_build_object('request', the_request,
        'approved', approves, 'narrowed', approves and narrower <> ''), jsonb_build_object('because', why, 'only', narrower));
end $$;

-- Door: what a request asks for, and its letter. Terms: request. Like any door it opens only on a record that is on disk already: a
-- line written here would go again with a transaction that is taken back.
create function plates.release_papers(the_access uuid) returns table (asked text, narrowed text, letter bytea)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'release.look');
    shown int;
begin
    return query select p.asked, p.narrowed, p.letter from plates.release_paper p where p.request_id = (terms ->> 'request')::bigint;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

grant select on plates.release_paper to {door};
alter function plates.release_papers(uuid) owner to {door};
