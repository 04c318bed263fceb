-- Sign-ins that ended more than ninety days ago are forgotten, with the address and browser they came from; of each member the newest stays, for
-- it says who a look was bound to. The ledger's own lines of them go with their schedule.
create function office.forget_sign_ins() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    n bigint;
begin
    if not office.clock_is_trusted() then
        return 0;
    end if;
    delete from office.signed_in s where s.until_at < clock_timestamp() - interval '90 days'
        and exists (select from office.signed_in later where later.member_id = s.member_id and later.signed_in_at > s.signed_in_at);
    get diagnostics n = row_count;
    return n;
end $$;

revoke all on function office.forget_sign_ins() from public;
