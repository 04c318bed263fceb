"""What a plate is, how a witness half remembers one, what cameras confuse, and the only matcher there is.

Standard library only: car and office run the same code on the same texts and come to the same answer.

Keeps: PARTIAL_PLATES, VERIFY_BEFORE_ENFORCEMENT.
"""
