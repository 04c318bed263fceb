"""The book everyone signs: every act by name, date, time, purpose; append-only, sealed into a tree, checkable outside.

Owns: leaves, their erasable contents, the sealed order, checkpoints. Everyone may append; nobody may change or remove.
Must never: hold a plate in a leaf (only a salted commitment), or lose an act that was answered with "done".

Keeps: ACCESS_DOCUMENTED, SAFEGUARDED
"""
