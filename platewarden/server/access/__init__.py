"""The front desk: sign-in with a second factor, a stated purpose, and the one door that hands out `Access`.

Owns: who is signed in, failures and locks, access records and their terms. A look is in the ledger before anything is shown.
Must never: hand out an Access without training, duty, purpose and a committed record.

Keeps: OFFICIAL_USE_ONLY, NO_UNAUTHORIZED_PURPOSE, LAW_ENFORCEMENT_BUSINESS, LEGITIMATE_PURPOSE, ACCESS_DOCUMENTED, TRAINING_BEFORE_USE
"""
