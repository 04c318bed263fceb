"""Use in the field: a hit becomes an alert, is verified with the official database, and ends in a disposition.

Owns: `plates.hit`, alert notes, alerts, verifications, dispositions, the live stream.
Must never: let an enforcement outcome stand without a confirming return, or a stated reason that the supervisor reviews.

Keeps: VERIFY_BEFORE_ENFORCEMENT, CONFIDENTIAL_DATA, LISTED_PURPOSES
"""
