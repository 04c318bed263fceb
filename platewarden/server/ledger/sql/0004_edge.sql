-- The tree's growing edge as it stood under one of the signed checkpoints, so that a sealer that starts reads the lines after it only.
-- Nothing rests on it: an edge that does not answer to the checkpoint of its size is not used, and every line is read instead.
create table office.ledger_edge (
    is_the_one boolean primary key default true check (is_the_one),
    tree_size  bigint not null,
    edge       bytea[] not null                   -- roots of complete subtrees, largest first
);
