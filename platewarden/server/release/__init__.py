"""Other agencies ask, in writing, and are answered: what came in, who decided on it, and why, on file for ever.

Owns: release requests, their letters, the decisions.
Must never: let whoever took a request in decide on it, forget a request, or show what one asks for without a line in the ledger.

Known gap: nothing is handed over from here yet. An approved request says what may go out; no package is sealed to an agency's key.

Keeps: WRITTEN_REQUEST, RELEASE_REVIEWED, RELEASE_ON_FILE, REFERRED_TO_RECORDS
"""
