from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("reads", "0004_no_truncate"),
        ("people", "0003_schedule"),
        ("alerts", "0002_hits"),
        ("hotlists", "0002_entries"),
    ]

    operations = [room_sql(__file__, "0005_held.sql")]
