-- The words that the car signed, as it signed them: what stands in the other columns, and the digest of each picture. Whoever gets the
-- read as evidence can check them with the unit's key alone. Null of reads that came before.
alter table plates.reads add column signed bytea;
alter table plates.reads_held add column signed bytea;
