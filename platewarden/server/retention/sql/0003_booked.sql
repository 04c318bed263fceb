-- What a hold named was booked into evidence. The hold has kept its deadline when the package took in all that it named until then. It
-- ends by that only where the department's policy says so, when its time is over, and when nothing came since. Called by the function
-- that books, which has the hold lock and has asked who it is; nobody's login calls it.
create function office.note_booked(
    who office.signed_in, the_hold bigint, the_package bigint, a timestamptz, b timestamptz, made_at timestamptz, packed bigint, item text
) returns boolean language plpgsql set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    held office.retention_hold;
    named bigint;
    ends boolean := false;
begin
    select * into strict held from office.retention_hold h where h.id = the_hold for update;
    if held.released_at is not null or a > held.since or b < least(held.until, made_at - interval '1 s') then
        return false;
    end if;
    if held.until <= made_at and (select e.text ~ '(?n)^[ \t]*booking_ends_hold[ \t]*=[ \t]*true'
            from office.people_policyedition e where e.in_force_at <= clock_timestamp() order by e.number desc limit 1) then
        select count(distinct f.read_id) into named from (
            select r.read_id from plates.standing_scopes() s cross join lateral plates.scoped(s, held.since, held.until) r
                where s.hold_id = held.id
            union all
            select k.read_id from plates.standing_scopes() s join plates.reads_held k
                on plates.in_scope(s, k.captured_at, k.read_id, k.plate, k.unit_id, k.lat, k.lon)
                and k.captured_at >= s.since and k.captured_at < s.until where s.hold_id = held.id) f;
        ends := named <= packed;
    end if;
    update office.retention_hold h set booked_at = coalesce(h.booked_at, clock_timestamp()),
        released_at = case when ends then clock_timestamp() end,
        released_by = case when ends then who.member_number || ' ' || who.member_name else '' end,
        released_because = case when ends then 'booked into evidence as item ' || item || ', which ends a hold by this department''s policy'
            else '' end
        where h.id = held.id;
    perform office.ledger_write('retention.booked', who.member_number, who.member_name, '',
        jsonb_build_object('hold', held.id, 'package', the_package, 'ended', ends), null);
    return ends;
end $$;
