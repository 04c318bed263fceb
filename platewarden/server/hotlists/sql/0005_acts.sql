-- A list comes into force, and a BOLO is entered, decided, extended and withdrawn, by functions only, each with its line. Who it is
-- comes from the key of a sign-in where a second member is asked for.
alter table plates.hotlist_entry
    add column vehicle      text not null default '',   -- as the entry describes it
    add column instructions text not null default '';   -- to the officer

-- A load is filled, and then put in force; nothing is added to one that is in force or was.
create function office.open_load(the_source bigint, the_digest bytea, who text, stamped timestamptz) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into office.hotlists_load (source_id, number, state, loaded_at, loaded_by, entries, digest)
        values (the_source, coalesce((select max(l.number) from office.hotlists_load l where l.source_id = the_source), 0) + 1,
            'filling', stamped, who, 0, the_digest)
        returning id
$$;

create or replace function plates.add_entries(the_load bigint, stamped timestamptz, entries jsonb) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    added int;
begin
    perform pg_advisory_xact_lock(4270012, the_load::int);
    if not exists (select from office.hotlists_load l where l.id = the_load and l.state = 'filling' and l.loaded_at = stamped) then
        raise exception 'entries are added to a load that is being filled, and to no other' using errcode = '42501';
    end if;
    insert into plates.hotlist_entry
        select e.entry_id, stamped, the_load, e.text, e.fold, e.is_pattern, e.state, e.category, e.approach, e.caution, e.urgent,
               e.reason, e.reference, e.author, e.expires_at, coalesce(e.vehicle, ''), coalesce(e.instructions, '')
        from jsonb_to_recordset(entries) as e (entry_id uuid, text text, fold text, is_pattern boolean, state text, category text,
             approach text, caution boolean, urgent boolean, reason text, reference text, author text, expires_at timestamptz,
             vehicle text, instructions text);
    get diagnostics added = row_count;
    return added;
end $$;

-- What a load that is being filled would change: entries that are new, gone and the same, by plate or pattern and state.
create function plates.load_changes(the_load bigint) returns table (added int, gone int, same int)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with mine as (select e.text, coalesce(e.state, '') as state from plates.hotlist_entry e
            join office.hotlists_load l on l.id = e.load_id where l.id = the_load and l.state = 'filling'),
        other as (select e.text, coalesce(e.state, '') as state from plates.hotlist_entry e join office.hotlists_load l on l.id = e.load_id
            where l.state = 'in force' and l.source_id = (select m.source_id from office.hotlists_load m where m.id = the_load))
    select count(*) filter (where o.text is null)::int, count(*) filter (where m.text is null)::int,
        count(*) filter (where m.text is not null and o.text is not null)::int
    from mine m full join other o on o.text = m.text and o.state = m.state
$$;

create function office.put_in_force(the_load bigint, the_number text, the_name text) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    load office.hotlists_load;
    source office.hotlists_source;
    changes record;
    n int;
begin
    perform pg_advisory_xact_lock(4270012, the_load::int);
    select * into load from office.hotlists_load l where l.id = the_load for update;
    if not found or load.state <> 'filling' then
        raise exception 'this load is not being filled' using errcode = '42501';
    end if;
    select * into source from office.hotlists_source s where s.id = load.source_id for update;
    select count(*) into n from plates.hotlist_entry e where e.load_id = the_load;
    if n = 0 then
        raise exception 'this load is empty' using errcode = '42501';
    end if;
    select * into changes from plates.load_changes(the_load);
    update office.hotlists_load set state = 'superseded' where source_id = load.source_id and state = 'in force';
    update office.hotlists_load set state = 'in force', entries = n where id = the_load;
    perform office.ledger_write('hotlists.load', the_number, the_name, '', jsonb_build_object('source', source.name, 'load', load.number,
        'entries', n, 'new', changes.added, 'gone', changes.gone, 'sha256', encode(load.digest, 'hex')), null);
    perform office.edition_is_due(coalesce(the_number || ' ', '') || the_name);
    return n;
end $$;

create function office.edition_is_due(who text) returns void language sql set search_path = pg_catalog, pg_temp as $$
    insert into office.hotlists_editionask (asked_at, asked_by) values (clock_timestamp(), who)
$$;

-- An earlier load is put back: asked by one member, signed by another, who is the supervisor or designee. It must be whole still.
create function office.ask_back(cookie bytea, the_load bigint, why text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    new_id bigint;
begin
    if not office.has_duty(who, array['list manager', 'supervisor', 'designee']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    perform from office.hotlists_load l where l.id = the_load and l.state = 'superseded' for update;
    if not found then
        raise exception 'only a load that was in force can be put back' using errcode = '40001';
    end if;
    insert into office.hotlists_backask (load_id, asked_by, asked_by_number, asked_at, state, decided_by)
        values (the_load, who.member_number || ' ' || who.member_name, who.member_number, clock_timestamp(), 'waiting', '')
        returning id into new_id;
    perform office.ledger_write('hotlists.back', who.member_number, who.member_name, '',
        jsonb_build_object('ask', new_id, 'load', the_load), jsonb_build_object('because', why));
    return new_id;
end $$;

create function office.decide_back(cookie bytea, the_ask bigint, sign boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    ask office.hotlists_backask;
    load office.hotlists_load;
begin
    select * into ask from office.hotlists_backask a where a.id = the_ask for update;
    if not found or ask.state <> 'waiting' then
        raise exception 'decided already' using errcode = '40001';
    end if;
    if ask.asked_by_number = who.member_number or not office.has_duty(who, array['supervisor', 'designee']) then
        raise exception 'a second member signs: the supervisor or designee' using errcode = '42501';
    end if;
    if sign then
        select * into load from office.hotlists_load l where l.id = ask.load_id for update;
        perform from office.hotlists_source s where s.id = load.source_id for update;
        if load.state <> 'superseded' or load.entries <> (select count(*) from plates.hotlist_entry e where e.load_id = load.id) then
            raise exception 'its entries are not kept any more' using errcode = '55000';
        end if;
        update office.hotlists_load set state = 'superseded' where source_id = load.source_id and state = 'in force';
        update office.hotlists_load set state = 'in force' where id = load.id;
        perform office.edition_is_due(who.member_number || ' ' || who.member_name);
    end if;
    update office.hotlists_backask set state = case when sign then 'signed' else 'refused' end,
        decided_by = who.member_number || ' ' || who.member_name, decided_at = clock_timestamp() where id = the_ask;
    perform office.ledger_write('hotlists.back_decided', who.member_number, who.member_name, '',
        jsonb_build_object('ask', the_ask, 'load', ask.load_id, 'signed', sign), null);
end $$;

-- ------------------------------------------------------------------------------------------------ BOLOs

create function office.bolo_step(the_bolo bigint, who office.signed_in, the_what text, ends timestamptz) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    insert into office.hotlists_bolostep (bolo_id, at, by, what, expires_at)
        values (the_bolo, clock_timestamp(), (who).member_number || ' ' || (who).member_name, the_what, ends)
$$;

-- Enters a BOLO for the person of the key; how many entries in force look alike comes back, without them.
create function office.enter_bolo(cookie bytea, entry jsonb, ends timestamptz) returns table (bolo bigint, alike int)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    stamped timestamptz := clock_timestamp();
    n_alike int;
    new_id bigint;
    new_entry uuid := (entry ->> 'entry_id')::uuid;
begin
    if not office.has_duty(who, array['operator', 'investigator', 'list manager', 'supervisor', 'designee']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    if not coalesce(ends > stamped, false) then
        raise exception 'a BOLO ends in the future' using errcode = '22023';
    end if;
    select count(*) into n_alike from plates.entries_in_force e
        where not e.is_pattern and not (entry ->> 'is_pattern')::boolean and e.fold = plates.fold(entry ->> 'text') and e.approach <> 'silent';
    insert into plates.hotlist_entry (entry_id, loaded_at, text, fold, is_pattern, state, category, approach, caution, urgent, reason,
            reference, author, expires_at, vehicle, instructions)
        select new_entry, stamped, e.text, case when e.is_pattern then e.text else plates.fold(e.text) end, e.is_pattern, e.state,
            e.category, e.approach, e.caution, e.urgent, e.reason, e.reference, who.member_number, ends, e.vehicle, e.instructions
        from jsonb_to_record(entry) as e (text text, is_pattern boolean, state text, category text, approach text, caution boolean,
            urgent boolean, reason text, reference text, vehicle text, instructions text);
    insert into office.hotlists_bolo (entry_id, state, author, author_number, entered_at, expires_at, decided_by)
        values (new_entry, 'waiting', who.member_number || ' ' || who.member_name, who.member_number, stamped, ends, '')
        returning id into new_id;
    perform office.bolo_step(new_id, who, 'entered', ends);
    perform office.ledger_write('hotlists.bolo', who.member_number, who.member_name, '', jsonb_build_object('entry', new_entry),
        jsonb_build_object('plate', entry ->> 'text', 'state', entry ->> 'state', 'category', entry ->> 'category',
            'reference', entry ->> 'reference', 'reason', entry ->> 'reason'));
    return query select new_id, n_alike;
end $$;

create function office.decide_bolo(cookie bytea, the_bolo bigint, approve boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    bolo office.hotlists_bolo;
begin
    select * into bolo from office.hotlists_bolo b where b.id = the_bolo for update;
    if not found or bolo.state <> 'waiting' or (approve and bolo.expires_at <= clock_timestamp()) then
        raise exception 'decided already' using errcode = '40001';
    end if;
    if bolo.author_number = who.member_number or not office.has_duty(who, array['list manager', 'supervisor', 'designee']) then
        raise exception 'a second member decides' using errcode = '42501';
    end if;
    update office.hotlists_bolo set state = case when approve then 'approved' else 'refused' end, decided_at = clock_timestamp(),
        decided_by = who.member_number || ' ' || who.member_name where id = the_bolo;
    perform office.bolo_step(the_bolo, who, case when approve then 'approved' else 'refused' end, bolo.expires_at);
    perform office.ledger_write('hotlists.bolo_decided', who.member_number, who.member_name, '',
        jsonb_build_object('entry', bolo.entry_id, 'state', case when approve then 'approved' else 'refused' end), null);
    if approve then
        perform office.edition_is_due(who.member_number || ' ' || who.member_name);
    end if;
end $$;

-- A later end is what the second member signs: never the author.
create function office.extend_bolo(cookie bytea, the_bolo bigint, ends timestamptz) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    bolo office.hotlists_bolo;
begin
    select * into bolo from office.hotlists_bolo b where b.id = the_bolo for update;
    if not found or bolo.state <> 'approved' or bolo.expires_at <= clock_timestamp() then
        raise exception 'not in force' using errcode = '40001';
    end if;
    if bolo.author_number = who.member_number or not office.has_duty(who, array['list manager', 'supervisor', 'designee']) then
        raise exception 'a second member extends' using errcode = '42501';
    end if;
    if ends is null or ends <= bolo.expires_at then
        raise exception 'a later end is later' using errcode = '22023';
    end if;
    update office.hotlists_bolo set expires_at = ends where id = the_bolo;
    update plates.hotlist_entry set expires_at = ends where entry_id = bolo.entry_id and loaded_at = bolo.entered_at;
    perform office.bolo_step(the_bolo, who, 'extended', ends);
    perform office.ledger_write('hotlists.extend', who.member_number, who.member_name, '',
        jsonb_build_object('entry', bolo.entry_id, 'until', ends), null);
    perform office.edition_is_due(who.member_number || ' ' || who.member_name);
end $$;

-- To look no more needs one member, whom the application names: the function only lets a BOLO end that has not ended.
create function office.withdraw_bolo(the_number text, the_name text, the_bolo bigint, how text, why text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    bolo office.hotlists_bolo;
begin
    if how not in ('cancelled', 'recovered', 'closed') then
        raise exception 'a BOLO is cancelled, recovered, or ends with its incident' using errcode = '22023';
    end if;
    select * into bolo from office.hotlists_bolo b where b.id = the_bolo for update;
    if not found or bolo.state not in ('waiting', 'approved') then
        raise exception 'ended already' using errcode = '40001';
    end if;
    update office.hotlists_bolo set state = 'withdrawn' where id = the_bolo;
    insert into office.hotlists_bolostep (bolo_id, at, by, what, expires_at)
        values (the_bolo, clock_timestamp(), the_number || ' ' || the_name, how, bolo.expires_at);
    perform office.ledger_write('hotlists.withdraw', the_number, the_name, '', jsonb_build_object('entry', bolo.entry_id, 'how', how),
        jsonb_build_object('because', why));
    if bolo.state = 'approved' then
        perform office.edition_is_due(the_number || ' ' || the_name);
    end if;
end $$;

insert into office.reserved_act (act, is_look) values ('hotlists.load', false), ('hotlists.back', false), ('hotlists.back_decided', false),
    ('hotlists.bolo', false), ('hotlists.bolo_decided', false), ('hotlists.extend', false), ('hotlists.withdraw', false);

alter function plates.load_changes(bigint) owner to {door};
