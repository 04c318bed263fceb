-- A line that is no line any more is counted as wrong; it does not end the check.
create or replace function office.proof_said(the_act text) returns table (leaf_id bigint, at timestamptz, number text, purpose text, about jsonb)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select l.leaf_id, l.at, l.member_number, office.ledger_facts(l.body) ->> 'purpose', office.ledger_facts(l.body) -> 'about' from office.ledger_leaf l where l.act = the_act
$$;

create or replace function office.proof_looks_in_ledger(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select 'ledger line ' || r.leaf_id, r.opened_at, l.leaf_id is null or l.act <> r.act or l.member_number is distinct from r.member_number
        or office.ledger_facts(l.body) -> 'about' ->> 'access' is distinct from r.access_id::text, false
    from office.access_record r left join office.ledger_leaf l on l.leaf_id = r.leaf_id
$$;

create or replace function office.proof_purges_in_ledger(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('purge %s, %s of %s', c.purge_id, c.kind, c.day), c.at, l.leaf_id is null or l.act not in ('retention.purge', 'retention.replay')
        or (office.ledger_facts(l.body) -> 'about' ->> 'purged')::bigint is distinct from c.purged, false
    from office.retention_chunk c left join office.ledger_leaf l on l.leaf_id = c.leaf_id
$$;
