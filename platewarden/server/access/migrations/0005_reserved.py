from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0004_tripwires"), ("evidence", "0002_evidence")]

    operations = [room_sql(__file__, "0005_reserved.sql")]
