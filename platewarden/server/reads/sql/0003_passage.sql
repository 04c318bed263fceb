-- What a read tells of its passage, of the nearest crossing, and why it has no place. A read from before has one moment.
alter table plates.reads
    add column crossing   text,                        -- of the department's road file
    add column no_place   text,                        -- null: there is a place
    add column began_at   timestamptz,                 -- into sight
    add column ended_at   timestamptz,                 -- out of sight
    add column along      text check (along in ('towards', 'away')),
    add column across     text check (across in ('left', 'right')),
    add column travel_deg real check (travel_deg >= 0 and travel_deg < 360);   -- by the compass
update plates.reads set began_at = captured_at, ended_at = captured_at;
alter table plates.reads
    alter column began_at set not null,
    alter column ended_at set not null,
    add constraint reads_within_passage check (captured_at between began_at and ended_at);
