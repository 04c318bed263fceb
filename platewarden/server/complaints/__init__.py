"""Complaints: somebody says that they were stopped wrongly, or that data about them were misused; it is looked into and answered in time.

Owns: complaints, what they say and the answers to them, and to which alert, look, audit finding and hold each belongs.
Must never: let a member decide on a complaint about them or that they took in, lose one, or show what one says without a line in the ledger.

Known gap: one alert, one look, one finding and one hold each. What a complaint says stays on file: the department's schedule has no kind
for it. A member who is complained about is not told by this program.

Keeps: NO_UNAUTHORIZED_PURPOSE, VERIFY_BEFORE_ENFORCEMENT
"""
