-- Which lines are not what their text says: columns that pages look up (time, act, member), or a content that still exists.
-- Ids only; no content leaves. Texts are written by jsonb, which orders the names of a line by their length, so most lines are
-- settled by comparing text with text. Whatever that doesn't settle is read as what it is.
-- That the text itself stands is not asked here: `ledger verify` hashes it, outside the database.
create function office.ledger_altered() returns table (leaf_id bigint, its_columns boolean, its_content boolean)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select * from (
        select l.leaf_id,
            l.act is distinct from said ->> 'act' or l.member_number is distinct from said ->> 'member'
                or to_char(l.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') is distinct from said ->> 'at' as its_columns,
            c.leaf_id is not null and (
                said ->> 'content' is distinct from encode(sha256(c.salt || convert_to(c.body, 'UTF8')), 'hex')
                or length(c.salt) is distinct from 32  -- else the text's beginning could hide in the salt
            ) as its_content
        from office.ledger_leaf l left join plates.ledger_content c using (leaf_id)
        cross join lateral (select office.ledger_facts(l.body) as said offset 0) line
        where (
            starts_with(l.body, '{"v": 1, "at": "' || to_char(l.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '", "act": "' || l.act || '", "name": ')
            and position(
                ', "member": ' || coalesce('"' || l.member_number || '"', 'null') || ', "content": "'
                || case when c.leaf_id is null then '' else encode(sha256(c.salt || convert_to(c.body, 'UTF8')), 'hex') || '", "purpose": ' end
                in l.body) > 0
            and split_part(l.body, '"member": ', 3) = ''  -- no other one, in what the line is about
            and (c.leaf_id is null or length(c.salt) = 32)
        ) is not true
    ) unsettled
    where its_columns or its_content
$$;

drop function office.ledger_contents_altered();
revoke all on function office.ledger_altered() from public;
alter function office.ledger_altered() owner to {door};
