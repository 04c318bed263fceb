-- What was approved of who is neither a law-enforcement nor a prosecutorial agency has its instrument on file, and the supervisor's name.

create or replace function office.proof_releases_to_agencies(given jsonb)
returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('request R-%s', lpad(r.id::text, 5, '0')), r.decided_at, r.barred_because <> ''
        or (r.agency_kind not in ('law enforcement', 'prosecutorial') and (r.permit_sha256 = ''
            or encode(sha256(p.permit), 'hex') is distinct from r.permit_sha256
            or not office.proof_held(r.decided_by_number, array['supervisor'], r.decided_at))), false
    from office.release_releaserequest r left join plates.release_paper p on p.request_id = r.id where r.state = 'approved'
$$;

create or replace function office.proof_others_referred(given jsonb)
returns table (record text, at timestamptz, is_wrong boolean, is_late boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
    select format('request R-%s', lpad(r.id::text, 5, '0')), r.received_at, (r.permit_sha256 = '' and (r.state <> 'referred' or not exists (
            select from office.proof_said('release.refer') s where (s.about ->> 'request')::bigint = r.id)))
        or (r.permit_sha256 <> '' and r.state = 'referred')
        or (r.basis in ('court order', 'subpoena', 'discovery') and r.hold_id is null), false
    from office.release_releaserequest r where r.agency_kind not in ('law enforcement', 'prosecutorial') and r.state <> 'approved'
$$;
