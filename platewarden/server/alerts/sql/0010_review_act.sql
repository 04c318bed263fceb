-- An outcome without a confirming return is reviewed by the supervisor or designee, known by the key of the sign-in, once: never by who
-- recorded it or verified its alert.
create function office.review_disposition(cookie bytea, the_disposition bigint, in_order boolean, why text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    d office.alerts_disposition;
begin
    select * into d from office.alerts_disposition x where x.id = the_disposition for update;
    if not found or not d.for_review or exists (select from office.alerts_dispositionreview r where r.disposition_id = d.id) then
        raise exception 'this waits for no review' using errcode = '40001';
    end if;
    if not office.has_duty(who, array['supervisor', 'designee']) or exists (
            select from office.alerts_disposition x where x.id = d.id and split_part(x.by, ' ', 1) = who.member_number
            union all
            select from office.alerts_verification v where v.alert_id = d.alert_id and split_part(v.by, ' ', 1) = who.member_number) then
        raise exception 'somebody else reviews it: the supervisor or designee' using errcode = '42501';
    end if;
    insert into office.alerts_dispositionreview (disposition_id, at, by, is_in_order)
        values (d.id, clock_timestamp(), who.member_number || ' ' || who.member_name, in_order);
    perform office.ledger_write('alerts.review', who.member_number, who.member_name, '',
        jsonb_build_object('alert', d.alert_id, 'outcome', d.outcome, 'in_order', in_order), jsonb_build_object('because', why));
end $$;

insert into office.reserved_act (act, is_look) values ('alerts.review', false);
