"""The whole story on one machine: a made-up cast, scenes drawn here (or photographs you give), real database, HTTP and keys.

Everything is generated on the spot, credentials included, and is gone when the demo ends.
"""
