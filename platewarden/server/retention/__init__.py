"""Age: how long each kind of data is kept, what is held and why, and the purge of everything else, certified.

Owns: schedule changes, holds and their scopes, purges, their chunks and certificates, the watch over the clock.
Must never: purge what is younger than its schedule or under a hold, keep what is neither, or trust a clock that jumped.

Keeps: RETENTION_SCHEDULE, PURGE, HOLD, PRIVACY_RECOGNIZED
"""
