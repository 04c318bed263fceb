"""The database under the rooms: the embedded server, roles, schemas, migrations, grants, the key of every door.

Owns: roles and their passwords, the two schemas, the list of grants. Each room owns the SQL of its own tables and doors.
Must never: open a way for the application's role to a table of plates.

Keeps: SAFEGUARDED
"""
