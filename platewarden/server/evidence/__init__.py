"""The way out to court: held reads onto a portable medium, as a package that a clerk can check, and booked into evidence.

Owns: packages, bookings, custody transfers.
Must never: write a plate anywhere in the clear but into the package, take a read that no hold names, or call a medium written that
was not read back.

Keeps: BOOKED_EVIDENCE
"""
