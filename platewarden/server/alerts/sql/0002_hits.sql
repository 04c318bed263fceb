-- A hit: a read that answers an entry, with the entry as it stood at that moment.

create table plates.hit (
    hit_id          uuid not null,               -- uuid5(read, entry): the same hit is one row
    captured_at     timestamptz not null,
    read_id         uuid not null,
    plate           text collate "C" not null,
    found_at        timestamptz not null default clock_timestamp(),
    found_by        text not null check (found_by in ('unit', 'office')),
    tier            text not null check (tier in ('full', 'possible')),
    doubts          text[] not null,
    confusions      jsonb not null,              -- [[position, as read, as listed], ...]
    entry_id        uuid not null,
    entry_loaded_at timestamptz not null,
    listed_text     text collate "C" not null,
    listed_state    text,
    is_pattern      boolean not null,
    category        text not null,
    approach        text not null,
    caution         boolean not null,
    urgent          boolean not null,
    reason          text not null,
    reference       text not null,
    author          text not null,
    expires_at      timestamptz,
    primary key (hit_id, captured_at)
) partition by range (captured_at);

-- What members wrote about an alert: may name a plate, so it is kept and forgotten with the hit.
create table plates.alert_note (
    note_id     uuid not null,
    captured_at timestamptz not null,
    hit_id      uuid not null,
    written_at  timestamptz not null default clock_timestamp(),
    member      text not null,
    kind        text not null check (kind in ('verification', 'disposition')),
    body        text not null,
    primary key (note_id, captured_at)
) partition by range (captured_at);
create index alert_note_hit on plates.alert_note (hit_id);

create or replace function plates.spanned() returns table (parent text, is_date boolean) language sql immutable as $$
    values ('reads', false), ('plate_seen', true), ('ledger_content', false), ('access_terms', false), ('hotlist_entry', false),
           ('hit', false), ('alert_note', false)
$$;

-- Writes the hit with a copy of its entry. No row comes back when it was there already.
create function plates.write_hit(
    the_hit uuid, the_read uuid, taken timestamptz, the_plate text, by_whom text, the_tier text, the_doubts text[],
    the_confusions jsonb, the_entry uuid, entry_loaded timestamptz
) returns table (is_urgent boolean, is_silent boolean) language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into plates.hit (hit_id, captured_at, read_id, plate, found_by, tier, doubts, confusions, entry_id, entry_loaded_at,
            listed_text, listed_state, is_pattern, category, approach, caution, urgent, reason, reference, author, expires_at)
        select the_hit, taken, the_read, the_plate, by_whom, the_tier, the_doubts, the_confusions, e.entry_id, e.loaded_at,
            e.text, e.state, e.is_pattern, e.category, e.approach, e.caution, e.urgent, e.reason, e.reference, e.author, e.expires_at
        from plates.hotlist_entry e where e.entry_id = the_entry and e.loaded_at = entry_loaded
        on conflict do nothing
        returning urgent, approach = 'silent'
$$;

-- Entries that a unit's edition held, in force here or not any more. A BOLO that nobody approved was in no edition.
create function plates.entries_by_id(ids uuid[]) returns table (
    entry_id uuid, loaded_at timestamptz, text text, is_pattern boolean, state text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.entry_id, e.loaded_at, e.text::text, e.is_pattern, e.state::text from plates.hotlist_entry e where e.entry_id = any (ids)
        and (e.load_id is not null or exists (
            select from office.hotlists_bolo b where b.entry_id = e.entry_id and b.state in ('approved', 'withdrawn')))
$$;

create function plates.write_alert_note(
    the_note uuid, taken timestamptz, the_hit uuid, who text, what_kind text, words text
) returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into plates.alert_note (note_id, captured_at, hit_id, member, kind, body)
        values (the_note, taken, the_hit, who, what_kind, words)
$$;

-- Door: alerts with their reads and what was written about them. Terms: alerts (ids). One row an alert.
create function plates.alert_cards(the_access uuid) returns table (
    alert_id bigint, hit jsonb, seen jsonb, notes jsonb, earlier_wrong int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'alerts.look');
    shown int;
begin
    return query
        select a.id, to_jsonb(h), to_jsonb(r), (
            select coalesce(jsonb_agg(to_jsonb(n) order by n.written_at), '[]') from plates.alert_note n
                where n.hit_id = h.hit_id and n.captured_at = h.captured_at), (
            select count(*)::int from plates.hit o
                join office.alerts_alert oa on oa.hit_id = o.hit_id
                join office.alerts_disposition d on d.alert_id = oa.id
                where o.plate = h.plate and o.entry_id = h.entry_id and o.hit_id <> h.hit_id
                  and d.outcome in ('misread', 'wrong state', 'stale entry', 'different vehicle'))
        from office.alerts_alert a
        join plates.hit h on h.hit_id = a.hit_id and h.captured_at = a.captured_at
        join plates.reads r on r.plate = h.plate and r.captured_at = h.captured_at and r.read_id = h.read_id
        where a.id in (select v::bigint from jsonb_array_elements_text(terms -> 'alerts') v)
        order by a.id desc limit 200;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

grant select, insert on plates.hit, plates.alert_note to {door};
grant select on office.alerts_alert, office.alerts_disposition to {door};
grant select on plates.hotlist_entry to {door};
alter function plates.write_hit(uuid, uuid, timestamptz, text, text, text, text[], jsonb, uuid, timestamptz) owner to {door};
alter function plates.entries_by_id(uuid[]) owner to {door};
alter function plates.write_alert_note(uuid, timestamptz, uuid, text, text, text) owner to {door};
alter function plates.alert_cards(uuid) owner to {door};
