"""The designated storage: reads and their pictures, kept once, found only with an Access.

Owns: `plates.reads`, the dictionary, packs of encrypted pictures, what was received. No model here reaches `plates`.
Must never: return plate data to a caller without an Access, or store the same read twice.

Keeps: TRANSFER_TO_STORAGE, SAFEGUARDED, OFFICIAL_USE_ONLY
"""
