"""The proof: every clause of the policy, whether it is kept today, and the records behind it.

Owns: the measurements (counts over the other rooms' records, with a denominator), what the worker's jobs tell of themselves, and the
comparison of the database with what was shipped.
Must never: change what it looks at, show a plate, a search or a case number, or say "kept" where there is nothing to count.

Keeps: SAFEGUARDED
"""
