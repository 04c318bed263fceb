"""What car and office say to one another: bytes in, frozen objects out. One truth of the wire for both.

Every message is signed, and verified before it is parsed; every body is deterministic CBOR, so that equal messages are
equal bytes; whatever is unknown, missing or too much is refused in one sentence. Byte-for-byte examples of every kind lie
in `tests/vectors/wire` and are the contract.

Keeps: TRANSFER_TO_STORAGE, SAFEGUARDED, ACCESS_DOCUMENTED, TRAINING_BEFORE_USE.
"""
