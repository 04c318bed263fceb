from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("investigations", "0003_tasks"),
        ("access", "0005_reserved"),
        ("retention", "0002_purge"),
    ]

    operations = [room_sql(__file__, "0004_tracks.sql")]
