-- What members did and typed in a car is a third stream of numbers.
alter table office.received drop constraint received_stream_check;
alter table office.received add constraint received_stream_check check (stream in ('read', 'journal', 'field'));
