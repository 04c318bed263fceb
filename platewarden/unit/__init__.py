"""The unit: what runs in the car. It reads plates, warns the operator, and forgets what the office has receipted.

One walk: `camera` -> recognition -> `plate.match` -> `alarm` -> `spool` -> `transfer`; `watch` is that walk on one page.
The car works with no network at all. Nothing here knows Django, and nothing here asks any address but the office's.

Must never: keep a read that it could open again, free a read without the office's receipt, warn nobody because a disk
is full, or run with nobody signed on.

Keeps: TRAINING_BEFORE_USE, CONFIDENTIAL_DATA, NO_UNAUTHORIZED_PURPOSE, LAW_ENFORCEMENT_BUSINESS, PATROL_AND_INVESTIGATION, CANVASS,
VERIFY_BEFORE_ENFORCEMENT, TRANSFER_TO_STORAGE, ACCESS_DOCUMENTED, SAFEGUARDED.
"""
