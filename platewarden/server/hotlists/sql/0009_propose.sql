-- Proposals for a batch of reads: what shares a fold, and every pattern whose own fold one of them answers. The matcher decides.
create or replace function plates.propose(folds text[]) returns table (entry_id uuid, loaded_at timestamptz, text text, is_pattern boolean, state text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select e.entry_id, e.loaded_at, e.text::text, e.is_pattern, e.state::text from plates.entries_in_force e
    where not e.is_pattern and e.fold = any (folds)
    union all
    select e.entry_id, e.loaded_at, e.text::text, e.is_pattern, e.state::text from plates.entries_in_force e
    where e.is_pattern and exists (select from unnest(folds) f where f like translate(plates.fold(e.text), '?*', '_%'))
$$;
alter function plates.propose(text[]) owner to {door};
