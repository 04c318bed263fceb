"""The door for cars: raw signed bytes in and out, verified before they are parsed. Runs in a process of its own, whose login
can write reads and look at none.

Keeps: TRANSFER_TO_STORAGE
"""
