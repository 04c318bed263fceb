from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("proof", "0004_audits"),
    ]

    operations = [room_sql(__file__, "0005_rows.sql")]
