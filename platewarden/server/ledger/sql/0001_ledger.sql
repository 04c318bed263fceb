-- The book everyone signs. Leaves carry ids, times, members and a salted commitment; what was asked stands in
-- plates.ledger_content and can be erased on its schedule while the proofs stay.

create function office.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'append-only: % on % is refused', tg_op, tg_table_name using errcode = '42501';
end $$;

create table office.ledger_leaf (
    leaf_id       bigint generated always as identity primary key,
    at            timestamptz not null,
    act           text not null,
    member_number text,                          -- null: no person, such as the night round
    body          text not null,                 -- the hashed text, word for word
    leaf_hash     bytea not null                 -- sha256(0x00 || body), RFC 6962
);
create index ledger_leaf_member on office.ledger_leaf (member_number, leaf_id);

-- The sealer's queue: small, so that "is anything unsealed for too long?" is cheap.
create table office.ledger_unsealed (leaf_id bigint primary key, at timestamptz not null);

create table office.ledger_sealed (
    tree_index bigint primary key,
    leaf_id    bigint not null unique references office.ledger_leaf
);

create table office.ledger_checkpoint (
    tree_size bigint primary key,
    root      bytea not null,
    note      text not null,                     -- C2SP checkpoint as a signed note
    sealed_at timestamptz not null
);

create table plates.ledger_content (
    leaf_id bigint not null,
    at      timestamptz not null,
    salt    bytea not null,
    body    text not null,
    primary key (leaf_id, at)
) partition by range (at);

create trigger append_only before update or delete on office.ledger_leaf for each row execute function office.refuse_change();
create trigger append_only_all before truncate on office.ledger_leaf for each statement execute function office.refuse_change();
create trigger append_only before update or delete on office.ledger_sealed for each row execute function office.refuse_change();
create trigger append_only_all before truncate on office.ledger_sealed for each statement execute function office.refuse_change();
create trigger append_only before update or delete on office.ledger_checkpoint for each row execute function office.refuse_change();
create trigger append_only_all before truncate on office.ledger_checkpoint for each statement execute function office.refuse_change();
create trigger append_only before update or delete on plates.ledger_content for each row execute function office.refuse_change();
create trigger append_only_all before truncate on plates.ledger_content for each statement execute function office.refuse_change();

-- One line: the leaf, its place in the sealer's queue, and its content under a fresh salt.
-- Called by the two functions that may be called: ledger_append for everything else, open_access for looks at plate data.
create function office.ledger_write(
    the_act text, the_member_number text, the_member_name text, the_purpose text, the_about jsonb, the_content jsonb
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    stamped timestamptz := clock_timestamp();
    -- 32 random bytes without pgcrypto: two version-4 uuids carry 244 random bits.
    new_salt bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    content text := coalesce(the_content, '{}'::jsonb)::text;
    line text;
    new_leaf bigint;
begin
    line := jsonb_build_object(
        'v', 1,
        'at', to_char(stamped at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'act', the_act,
        'member', the_member_number,
        'name', the_member_name,
        'purpose', the_purpose,
        'about', coalesce(the_about, '{}'::jsonb),
        'content', encode(sha256(new_salt || convert_to(content, 'UTF8')), 'hex')
    )::text;
    insert into office.ledger_leaf (at, act, member_number, body, leaf_hash)
        values (stamped, the_act, the_member_number, line, sha256('\x00'::bytea || convert_to(line, 'UTF8')))
        returning leaf_id into new_leaf;
    insert into office.ledger_unsealed values (new_leaf, stamped);
    insert into plates.ledger_content values (new_leaf, stamped, new_salt, content);
    return new_leaf;
end $$;

-- Whoever could write the line of a look without looking could put one in a colleague's name.
create function office.ledger_append(
    the_act text, the_member_number text, the_member_name text, the_purpose text, the_about jsonb, the_content jsonb
) returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if the_act in ('reads.search', 'reads.pattern', 'reads.look', 'alerts.look', 'hotlists.bolos') then
        raise exception 'the line of a look is written by open_access only' using errcode = '42501';
    end if;
    return office.ledger_write(the_act, the_member_number, the_member_name, the_purpose, the_about, the_content);
end $$;

-- The sealer's three doors. It never sees a content.
create function office.ledger_to_seal(at_most int) returns table (leaf_id bigint, leaf_hash bytea)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select l.leaf_id, l.leaf_hash from office.ledger_unsealed u join office.ledger_leaf l using (leaf_id)
    order by l.leaf_id limit at_most
$$;

create function office.ledger_seal(first_index bigint, leaves bigint[], the_root bytea, the_note text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if first_index is distinct from (select coalesce(max(tree_index) + 1, 0) from office.ledger_sealed) then
        raise exception 'the tree grew meanwhile: seal again' using errcode = '40001';
    end if;
    insert into office.ledger_sealed (tree_index, leaf_id)
        select first_index + ordinality - 1, id from unnest(leaves) with ordinality as given (id, ordinality);
    delete from office.ledger_unsealed where leaf_id = any (leaves);
    insert into office.ledger_checkpoint values (first_index + cardinality(leaves), the_root, the_note, clock_timestamp());
end $$;

-- Which contents that still exist do not answer to their leaf? Ids only; no content leaves.
create function office.ledger_contents_altered() returns table (leaf_id bigint)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select l.leaf_id from plates.ledger_content c join office.ledger_leaf l using (leaf_id)
    where l.body::jsonb ->> 'content' is distinct from encode(sha256(c.salt || convert_to(c.body, 'UTF8')), 'hex')
       or length(c.salt) <> 32                   -- else the text's beginning could hide in the salt
$$;

-- True when the sealer has fallen behind: looks are refused then.
create function office.ledger_is_behind() returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select from office.ledger_unsealed where at < clock_timestamp() - interval '10 s')
$$;

grant usage on schema office, plates to {door};
grant select, insert on office.ledger_leaf, plates.ledger_content to {door};
grant select, insert, delete on office.ledger_unsealed to {door};
grant select, insert on office.ledger_sealed, office.ledger_checkpoint to {door};
alter function office.ledger_write(text, text, text, text, jsonb, jsonb) owner to {door};
alter function office.ledger_append(text, text, text, text, jsonb, jsonb) owner to {door};
alter function office.ledger_to_seal(int) owner to {door};
alter function office.ledger_seal(bigint, bigint[], bytea, text) owner to {door};
alter function office.ledger_contents_altered() owner to {door};
alter function office.ledger_is_behind() owner to {door};
