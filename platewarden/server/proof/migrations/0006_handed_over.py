from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("proof", "0005_rows"),
        ("release", "0004_fulfil"),
    ]

    operations = [room_sql(__file__, "0006_handed_over.sql")]
