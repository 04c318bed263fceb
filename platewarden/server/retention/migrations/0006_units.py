from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0005_compelled"),
    ]

    operations = [room_sql(__file__, "0006_units.sql")]
