"""Fixtures that every room's tests may ask for."""

from platewarden.server.database.testing import bare_database, cluster, database

__all__ = ["bare_database", "cluster", "database"]
