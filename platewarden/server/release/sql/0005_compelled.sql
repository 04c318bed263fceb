-- What compels the department places its hold with the request, in one transaction: there is no moment in which the one is on file and
-- the other does not stand. The hold is placed by the access of the same member; nothing else of the request is different.
create function office.receive_compelled(cookie bytea, said jsonb, what_is_asked text, the_letter bytea, the_access uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    placed bigint;
begin
    if not exists (select from office.access_record r where r.access_id = the_access and r.member_number = who.member_number) then
        raise exception 'the hold is placed by whoever takes the request in' using errcode = '42501';
    end if;
    select h.hold_id into strict placed from plates.place_hold(the_access) h;
    return office.receive_release(cookie, said || jsonb_build_object('hold_id', placed), what_is_asked, the_letter);
end $$;
