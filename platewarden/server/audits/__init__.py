"""Audits: on schedule, some of the looks of a period are judged by somebody who made none of them, and what is found is answered.

Owns: audits, their sheets, findings and answers; the changes of their plan, which itself stands in the policy's editions.
Must never: let anybody choose the sample, judge their own look, or sign an audit that has a look of theirs in it.

Known gap: looks made in cars are not drawn, nor the auditors' own looks under an audit; whether a case exists is looked up by hand.
Whoever holds the ledger's key could try orders of sealing until a sample pleases them; a witness of the ledger narrows that.

Keeps: AUDITS
"""
