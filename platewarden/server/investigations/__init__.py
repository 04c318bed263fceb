"""Incidents and what is looked for around them: canvass, ranking, standing watches, co-signed wide searches.

Owns: incidents, their watches, and who co-signed which wide search. How many vehicles a search would show is told before any of them is.
Must never: show vehicles of an area without an Access, or more of them than the policy allows without a colleague's co-sign.

Keeps: PARTIAL_PLATES, PATROL_AND_INVESTIGATION, LEGITIMATE_PURPOSE, ACCESS_DOCUMENTED
"""
