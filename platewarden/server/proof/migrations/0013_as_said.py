from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("proof", "0012_complaints"),
        ("access", "0008_forget"),
        ("audits", "0002_audits"),
        ("hotlists", "0009_propose"),
        ("ledger", "0003_altered"),
    ]
    operations = [room_sql(__file__, "0013_as_said.sql")]
