-- Measurements of what went out: which reads an approval covers, by whom they were named, and that each handing over is what was sealed.

create function office.proof_reads_named(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with said as materialized (select s.number, s.about from office.proof_said('release.grant') s)
    select format('request R-%s', lpad(r.id::text, 5, '0')), g.named_at, r.state <> 'approved' or g.named_by_number = r.received_by_number
        or not office.proof_held(g.named_by_number, array['supervisor', 'designee'], g.named_at)
        or not exists (select from said s where s.number = g.named_by_number and s.about = jsonb_build_object('request', r.id,
            'grant', g.id, 'reads', g.reads)), false
    from office.release_releasegrant g join office.release_releaserequest r on r.id = g.request_id
$$;

-- The file that was sealed, of the reads that were named, of a request that was approved; as the ledger says it.
create function office.proof_releases_as_named(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    with sealed as materialized (select s.about from office.proof_said('release.sealed') s),
    handed as materialized (select s.number, s.about from office.proof_said('release.hand_over') s)
    select format('request R-%s', lpad(e.request_id::text, 5, '0')), e.handed_at, r.state <> 'approved' or p.request_id <> e.request_id
        or g.request_id <> e.request_id or p.sealed_at is null or p.sha256 <> e.sha256 or p.reads + p.gone <> g.reads
        or p.sealed_at > e.handed_at or (select max(n.id) from office.release_releasegrant n where n.request_id = e.request_id) <> g.id
        or not exists (select from sealed s where (s.about ->> 'package')::bigint = p.id and s.about ->> 'sha256' = e.sha256
            and (s.about ->> 'reads')::int = p.reads and s.about ->> 'recipient' = p.recipient)
        or not exists (select from handed h where (h.about ->> 'receipt')::bigint = e.id and (h.about ->> 'package')::bigint = p.id
            and h.about ->> 'sha256' = e.sha256 and h.number = e.handed_by_number), false
    from office.release_releasereceipt e join office.release_releaserequest r on r.id = e.request_id
        join office.release_releasepackage p on p.id = e.package_id join office.release_releasegrant g on g.id = p.grant_id
$$;

create function office.proof_receipts_on_file(given jsonb) returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('request R-%s', lpad(s.about ->> 'request', 5, '0')), s.at, not exists (select from office.release_releasereceipt e
        where e.id = (s.about ->> 'receipt')::bigint and e.request_id = (s.about ->> 'request')::bigint), false
    from office.proof_said('release.hand_over') s
$$;
