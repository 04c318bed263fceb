from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("alerts", "0015_note")]

    operations = [room_sql(__file__, "0016_verified_first.sql")]
