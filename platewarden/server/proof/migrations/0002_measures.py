from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("proof", "0001_initial"),
        ("access", "0005_reserved"),
        ("evidence", "0003_canvassed"),
        ("hotlists", "0005_acts"),
        ("investigations", "0002_investigations"),
        ("release", "0002_release"),
    ]

    operations = [room_sql(__file__, "0002_measures.sql")]
