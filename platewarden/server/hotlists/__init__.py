"""What is looked for: sources loaded whole, BOLOs made here, numbered editions for the units.

Owns: `plates.hotlist_entry`, sources, loads, BOLOs, editions. A list is taken whole or refused whole; the one in force stays.
Must never: let a BOLO in without the second member, or an entry without category, state and reference.

Keeps: LISTED_PURPOSES, PARTIAL_PLATES
"""
