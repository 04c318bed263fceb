-- Complaints are written by a signed-in person through these functions only, and stay on file.

insert into office.reserved_act (act, is_look, is_search) values
    ('complaints.receive', false, false), ('complaints.link', false, false), ('complaints.decide', false, false),
    ('complaints.look', true, false);

-- Who complains and in which words, the letter, and what they were answered.
create table plates.complaint_paper (
    complaint_id bigint primary key,
    complainant  text not null check (complainant <> ''),
    contact      text not null,
    words        text not null check (words <> ''),
    letter       bytea,
    answer       text not null default ''
);
create trigger on_file before delete on plates.complaint_paper for each row execute function office.refuse_change();
create trigger on_file_all before truncate on plates.complaint_paper for each statement execute function office.refuse_change();
create trigger on_file before delete on office.complaints_complaint for each row execute function office.refuse_change();
create trigger on_file_all before truncate on office.complaints_complaint for each statement execute function office.refuse_change();

-- The numbers of whom a complaint is about: those that were named, and who acted on its alert, made its look, or is asked in its finding.
create function office.complained_about(named jsonb, the_alert bigint, the_look bigint, the_sheet bigint) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(jsonb_agg(distinct n.number order by n.number), '[]') from (
        select jsonb_array_elements_text(named) as number
        union all select split_part(a.acknowledged_by, ' ', 1) from office.alerts_alert a where a.id = the_alert
        union all select split_part(v.by, ' ', 1) from office.alerts_verification v where v.alert_id = the_alert
        union all select split_part(d.by, ' ', 1) from office.alerts_disposition d where d.alert_id = the_alert
        union all select r.member_number from office.access_record r where r.leaf_id = the_look
        union all select s.member_number from office.audits_sheet s where s.id = the_sheet) n
    where exists (select from office.people_member m where m.number = n.number)
$$;

-- Whether one of these members manages the readers: then no manager decides.
create function office.any_manages(numbers jsonb) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from jsonb_array_elements_text(numbers) n where office.release_has_duty(n, array['supervisor', 'designee']))
$$;

-- Puts a complaint on file, and says which; null when the ledger has no look on that line. With an access, the hold of what it is about is
-- placed in the same transaction. A member does not take in what is about themselves.
create function office.receive_complaint(cookie bytea, said jsonb, paper jsonb, the_letter bytea, the_access uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    placed bigint := (said ->> 'hold_id')::bigint;
    about_whom jsonb := office.complained_about(said -> 'members', (said ->> 'alert_id')::bigint, (said ->> 'look_line')::bigint,
        (said ->> 'sheet_id')::bigint);
    digest text := coalesce(encode(sha256(the_letter), 'hex'), '');
    new_id bigint;
begin
    perform pg_advisory_xact_lock(4270010);
    if not office.has_duty(who, array['supervisor', 'designee', 'records clerk']) or about_whom ? who.member_number then
        raise exception 'this needs a duty, and is about somebody else' using errcode = '42501';
    end if;
    if said ->> 'look_line' is not null and not exists (select from office.access_record r where r.leaf_id = (said ->> 'look_line')::bigint)
            then
        return null;
    end if;
    if the_access is not null then
        if not exists (select from office.access_record r where r.access_id = the_access and r.member_number = who.member_number) then
            raise exception 'the hold is placed by whoever takes the complaint in' using errcode = '42501';
        end if;
        select h.hold_id into strict placed from plates.place_hold(the_access) h;
    elsif placed is not null and not exists (select from office.retention_hold h where h.id = placed and h.released_at is null) then
        raise exception 'that hold does not stand' using errcode = '40001';
    end if;
    insert into office.complaints_complaint (about, came_on, letter_sha256, members, to_auditor, alert_id, look_line, sheet_id, hold_id,
            received_at, received_by, received_by_number, due_on, outcome, decided_by, decided_by_number, decided_because)
        values (said ->> 'about', (said ->> 'came_on')::date, digest, about_whom, office.any_manages(about_whom),
            (said ->> 'alert_id')::bigint, (said ->> 'look_line')::bigint, (said ->> 'sheet_id')::bigint, placed, clock_timestamp(),
            who.member_number || ' ' || who.member_name, who.member_number, (said ->> 'due_on')::date, '', '', '', '')
        returning id into new_id;
    insert into plates.complaint_paper (complaint_id, complainant, contact, words, letter)
        values (new_id, paper ->> 'complainant', paper ->> 'contact', paper ->> 'words', the_letter);
    perform office.ledger_write('complaints.receive', who.member_number, who.member_name, '', jsonb_build_object('complaint', new_id,
        'about', said ->> 'about', 'members', about_whom, 'hold', placed, 'letter', digest), paper);
    return new_id;
end $$;

-- What belongs to a complaint and was found out later. What is linked stays; members only become more. Null when there is no such look.
create function office.link_complaint(cookie bytea, the_complaint bigint, said jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    one office.complaints_complaint;
    about_whom jsonb;
begin
    if not office.has_duty(who, array['supervisor', 'designee', 'records clerk', 'auditor']) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    select * into one from office.complaints_complaint c where c.id = the_complaint for update;
    if not found or one.decided_at is not null then
        raise exception 'decided already' using errcode = '40001';
    end if;
    if one.members ? who.member_number then
        raise exception 'it is about this member' using errcode = '42501';
    end if;
    if said ->> 'look_line' is not null and not exists (select from office.access_record r where r.leaf_id = (said ->> 'look_line')::bigint)
            then
        return null;
    end if;
    one.alert_id := coalesce(one.alert_id, (said ->> 'alert_id')::bigint);
    one.look_line := coalesce(one.look_line, (said ->> 'look_line')::bigint);
    one.sheet_id := coalesce(one.sheet_id, (said ->> 'sheet_id')::bigint);
    one.hold_id := coalesce(one.hold_id, (said ->> 'hold_id')::bigint);
    about_whom := office.complained_about(one.members || (said -> 'members'), one.alert_id, one.look_line, one.sheet_id);
    update office.complaints_complaint set alert_id = one.alert_id, look_line = one.look_line, sheet_id = one.sheet_id,
        hold_id = one.hold_id, members = about_whom, to_auditor = one.to_auditor or office.any_manages(about_whom) where id = the_complaint;
    perform office.ledger_write('complaints.link', who.member_number, who.member_name, '', jsonb_build_object('complaint', the_complaint,
        'alert', one.alert_id, 'line', one.look_line, 'sheet', one.sheet_id, 'hold', one.hold_id, 'members', about_whom), null);
    return the_complaint;
end $$;

-- Decided by supervisor, designee or auditor, by the auditor alone when it is about one of the others; never by who took it in.
create function office.decide_complaint(cookie bytea, the_complaint bigint, the_outcome text, why text, the_answer text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    who office.signed_in := office.person_of(cookie);
    one office.complaints_complaint;
begin
    select * into one from office.complaints_complaint c where c.id = the_complaint for update;
    if not found or one.decided_at is not null then
        raise exception 'decided already' using errcode = '40001';
    end if;
    if not office.has_duty(who, case when one.to_auditor or office.any_manages(one.members) then array['auditor']
            else array['supervisor', 'designee', 'auditor'] end) then
        raise exception 'this needs a duty' using errcode = '42501';
    end if;
    if one.received_by_number = who.member_number or one.members ? who.member_number then
        raise exception 'somebody else decides' using errcode = '42501';
    end if;
    update office.complaints_complaint set outcome = the_outcome, decided_at = clock_timestamp(),
        decided_by = who.member_number || ' ' || who.member_name, decided_by_number = who.member_number, decided_because = why
        where id = the_complaint;
    update plates.complaint_paper set answer = the_answer where complaint_id = the_complaint;
    perform office.ledger_write('complaints.decide', who.member_number, who.member_name, '', jsonb_build_object('complaint', the_complaint,
        'outcome', the_outcome), jsonb_build_object('because', why, 'answer', the_answer));
end $$;

-- Door: what a complaint says, its letter, and the answer. Terms: complaint.
create function plates.complaint_papers(the_access uuid)
returns table (complainant text, contact text, words text, letter bytea, answer text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
    terms jsonb := office.pass_gate(the_access, 'complaints.look');
    shown int;
begin
    return query select p.complainant, p.contact, p.words, p.letter, p.answer from plates.complaint_paper p
        where p.complaint_id = (terms ->> 'complaint')::bigint;
    get diagnostics shown = row_count;
    perform office.note_shown(the_access, shown);
end $$;

grant select on plates.complaint_paper to {door};
alter function plates.complaint_papers(uuid) owner to {door};
