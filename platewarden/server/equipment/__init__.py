"""Units and cameras: enrolled with a key made on the unit after a member compared its fingerprint; revoked by one act.

Owns: units, enrolment requests, what each unit holds and how late it is. Known to everyone above; knows no plate.
Must never: accept a unit that nobody approved, or one that was revoked.

Keeps: SUPERVISOR_MANAGES, TRANSFER_TO_STORAGE
"""
