"""The page on installing, typed word for word on a bare Debian 12 of its own."""
