from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("investigations", "0001_initial"),
        ("access", "0005_reserved"),
        ("reads", "0007_plate_of"),
        ("hotlists", "0003_confidential"),
        ("retention", "0002_purge"),
    ]

    operations = [room_sql(__file__, "0002_investigations.sql")]
