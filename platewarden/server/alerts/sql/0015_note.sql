-- What a member writes to the agency of an entry lies with the alert's other notes, and is forgotten with the hit.
alter table plates.alert_note drop constraint alert_note_kind_check,
    add constraint alert_note_kind_check check (kind in ('verification', 'disposition', 'return', 'correction note'));
alter table plates.alert_note_held drop constraint alert_note_kind_check,
    add constraint alert_note_kind_check check (kind in ('verification', 'disposition', 'return', 'correction note'));
