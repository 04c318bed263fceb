-- How many entries in force look like a plate that is being typed, to whoever decides on BOLOs: a count, and no entry. Silent ones are not
-- counted. To other members it would answer, without a line in the ledger, whether a plate is looked for.
create function office.count_alike(cookie bytea, typed text) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    n_alike int;
begin
    if not office.has_duty(who, array['list manager', 'supervisor', 'designee']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    select count(*) into n_alike from plates.entries_in_force e
        where not e.is_pattern and e.fold = plates.fold(typed) and e.approach <> 'silent';
    return n_alike;
end $$;
