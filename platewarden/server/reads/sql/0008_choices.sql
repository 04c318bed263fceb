-- Door: which plates answer a partial plate. Terms: searches ([{grams, likes}], one for each way it can be written, at most 64), from, to,
-- limit. A plate answers one when it has all its tokens and every LIKE lets it through. Held reads have no dictionary; they are few.
create or replace function plates.plates_by_pattern(the_access uuid) returns table (plate text, last_day date, days int)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'reads.pattern');
    shown int;
    one text := 'select p.plate, p.day from plates.plate_seen p where p.grams @> %1$L::int[] and p.plate like all (%2$L::text[])
        and p.day >= $1 and p.day <= $2
        union all select h.plate, (h.captured_at at time zone ''UTC'')::date from plates.reads_held h
        where h.plate like all (%2$L::text[]) and (h.captured_at at time zone ''UTC'')::date between $1 and $2';
    every text;
begin
    select string_agg(format(one, array(select jsonb_array_elements_text(s.v -> 'grams')::int),
            array(select jsonb_array_elements_text(s.v -> 'likes'))), ' union all ') into strict every
        from jsonb_array_elements(terms -> 'searches') with ordinality s (v, n) where s.n <= 64;
    return query execute 'select s.plate::text, max(s.day), count(distinct s.day)::int from (' || every || ') s
        group by s.plate order by 2 desc, 1 limit $3'
        using (terms ->> 'from')::date, (terms ->> 'to')::date, least((terms ->> 'limit')::int, 1000);
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;
