"""The outsider's co-signer, for a city auditor or a prosecutor: watches a department's published ledger, signs that it only grows, raises
an alarm when it does not.

Runs on the outsider's own machine with the outsider's own key. Knows the log formats and nothing else: no database, no plates, no members.

Keeps: ACCESS_DOCUMENTED, SAFEGUARDED.
"""
