"""Incidents and what is looked for around them: canvass, cars asked to drive it, ranking, standing watches, co-signed wide searches.

Owns: incidents, their watches, which cars were asked and where they drove for it, and who co-signed which wide search. How many
vehicles a search would show is told before any of them is.
Must never: show vehicles of an area, or where a car drove, without an Access; show more vehicles than the policy allows without a
colleague's co-sign; or keep of a track what lies outside its task.

Keeps: CANVASS, PARTIAL_PLATES, PATROL_AND_INVESTIGATION, LEGITIMATE_PURPOSE, ACCESS_DOCUMENTED
"""
