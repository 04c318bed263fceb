-- No enforcement outcome stands without a return that confirms, or a stated exception that waits for the supervisor; and no possible hit is
-- closed before an eye was on the state (427.4(f)). The program asks the same (alerts/rules.py); this asks whoever writes as one of its logins,
-- with or without the program. The owner is not asked: a backup that is restored stands as it was.
create function office.must_be_verified() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    counts office.alerts_verification;
begin
    if pg_has_role(current_user, (select c.relowner from pg_class c where c.oid = tg_relid), 'member') then
        return new;
    end if;
    if new.outcome in ('stop made', 'arrest', 'tow', 'citation', 'search') then
        if new.ground = 'verified' then
            -- The last one of each place (this car, that car, the office); between places the earliest that was answered.
            select l.* into counts from (select distinct on (v.unit_id) v.* from office.alerts_verification v where v.alert_id = new.alert_id
                    order by v.unit_id, v.at desc, v.id desc) l
                order by l.answer = 'pending', case when l.answer <> 'pending' then l.at end, l.at desc limit 1;
            if not coalesce(counts.answer = 'confirms' and counts.characters = 'same' and counts.state = 'same'
                    and counts.vehicle <> 'different', false) then
                raise exception 'enforcement on an alert needs a return that confirms plate, state and an active entry' using errcode = '42501';
            end if;
        elsif new.ground not in ('impracticable', 'independent') or not new.for_review then
            raise exception 'enforcement without a return needs a stated exception that waits for the supervisor' using errcode = '42501';
        end if;
    end if;
    if exists (select from office.alerts_alert a where a.id = new.alert_id and a.tier = 'possible')
            and not exists (select from office.alerts_verification v where v.alert_id = new.alert_id and v.state <> 'cannot tell') then
        raise exception 'a possible hit is not closed before somebody compared the state' using errcode = '42501';
    end if;
    return new;
end $$;
create trigger verified_first before insert or update on office.alerts_disposition for each row execute function office.must_be_verified();
