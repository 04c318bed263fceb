-- With a day of reads goes what was gathered of it.

-- Drops the partitions of a day of a kind, with what is held moved before: how many rows there were, how many were spared, and by
-- which holds. The caller has the hold lock and has asked whether it may. The day's own partitions are locked first: whoever still
-- writes there is waited for, 200 ms at most, and every other day goes on.
create or replace function plates.drop_day(the_kind text, the_day date, out n_all bigint, out n_spared bigint, out by_hold jsonb)
language plpgsql set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    a timestamptz := the_day::timestamp at time zone 'UTC';
    b timestamptz := (the_day + 1)::timestamp at time zone 'UTC';
    suffix text := to_char(the_day, '"_"YYYYMMDD');
    each text;
begin
    n_all := 0;
    n_spared := 0;
    by_hold := '[]';
    perform set_config('lock_timeout', '200ms', true);
    if the_kind = 'reads' then
        execute format('lock table plates.%I, plates.%I in share row exclusive mode', 'reads' || suffix, 'plate_seen' || suffix);
        execute format('select count(*) from plates.%I', 'reads' || suffix) into n_all;
        with found as materialized (select n.hold_id, n.named from plates.named_by_holds(a, b) n),
        moved as (insert into plates.reads_held
            select distinct on ((f.named).read_id) (f.named).* from found f on conflict do nothing returning 1)
        select (select count(*) from moved), (select coalesce(jsonb_agg(jsonb_build_array(c.hold_id, c.n) order by c.hold_id), '[]')
                from (select f.hold_id, count(distinct (f.named).read_id) as n from found f group by 1) c)
            into n_spared, by_hold;
        execute format('drop table plates.%I, plates.%I', 'reads' || suffix, 'plate_seen' || suffix);
        perform plates.forget_gathered(the_day);

    elsif the_kind = 'alerts' then
        execute format('lock table plates.%I, plates.%I in share row exclusive mode', 'hit' || suffix, 'alert_note' || suffix);
        execute format('select count(*) from plates.%I', 'hit' || suffix) into n_all;
        insert into plates.hit_held
            select h.* from plates.hit h where h.captured_at >= a and h.captured_at < b and (
                exists (select from plates.reads_held r where r.read_id = h.read_id and r.captured_at = h.captured_at)
                or h.hit_id in (select f.hit_id from plates.standing_scopes() s cross join lateral plates.scoped_hits(s, a, b) f))
            on conflict do nothing;
        get diagnostics n_spared = row_count;
        insert into plates.alert_note_held
            select n.* from plates.alert_note n join plates.hit_held h on h.hit_id = n.hit_id and h.captured_at = n.captured_at
            where n.captured_at >= a and n.captured_at < b on conflict do nothing;
        update office.alerts_alert l set state = 'ended' where l.captured_at >= a and l.captured_at < b and l.state <> 'disposed'
            and not exists (select from plates.hit_held h where h.hit_id = l.hit_id);
        execute format('drop table plates.%I, plates.%I', 'hit' || suffix, 'alert_note' || suffix);

    elsif the_kind = 'search_terms' then
        foreach each in array array['ledger_content', 'access_terms'] loop
            if to_regclass('plates.' || each || suffix) is not null then
                if each = 'ledger_content' then
                    execute format('select count(*) from plates.%I', each || suffix) into n_all;
                end if;
                execute format('drop table plates.%I', each || suffix);
            end if;
        end loop;

    elsif the_kind = 'list_entries' then
        execute format('lock table plates.%I in share row exclusive mode', 'hotlist_entry' || suffix);
        execute format('select count(*), count(*) filter (where plates.is_wanted(e)) from plates.%I e', 'hotlist_entry' || suffix)
            into n_all, n_spared;
        if n_spared = 0 then
            execute format('drop table plates.%I', 'hotlist_entry' || suffix);
        else                                     -- what is in force is written into a new file, and takes the old one's place
            execute format('create table plates.hotlist_entry_new (like plates.hotlist_entry including all,
                constraint of_the_day check (loaded_at >= %L and loaded_at < %L))', a, b);
            perform plates.keep_no_samples('hotlist_entry_new');
            execute format('insert into plates.hotlist_entry_new select * from plates.%I e where plates.is_wanted(e)', 'hotlist_entry' || suffix);
            execute format('drop table plates.%I', 'hotlist_entry' || suffix);
            execute format('alter table plates.hotlist_entry_new rename to %I', 'hotlist_entry' || suffix);
            execute format('alter table plates.hotlist_entry attach partition plates.%I for values from (%L) to (%L)',
                'hotlist_entry' || suffix, a, b);
            execute format('alter table plates.%I drop constraint of_the_day', 'hotlist_entry' || suffix);
        end if;
    else
        raise exception 'no such kind' using errcode = '22023';
    end if;
end $$;
