"""The book that can't be changed unseen: Merkle tree, signed notes, checkpoints. Shared by ledger, witness and evidence.

RFC 6962 hashing and proofs, C2SP signed notes and checkpoints, so that anybody's tools can check what ours made. Knows
nothing of plates, members or Django; standard library and cryptography only.

Keeps: ACCESS_DOCUMENTED, SAFEGUARDED.
"""
