"""Other agencies ask, in writing, and are answered: what came in, who decided on it and why, what was handed over, on file for ever.

Owns: release requests, their letters, the decisions, which reads they cover, sealed packages until they are handed over, receipts.
Must never: let whoever took a request in decide on it, hand over another read than was approved, anything twice, or anything that
others than the agency can open, forget a request, or show what one asks for without a line in the ledger.

Keeps: RELEASE_TO_AGENCIES, WRITTEN_REQUEST, RELEASE_REVIEWED, RELEASE_ON_FILE, REFERRED_TO_RECORDS
"""
