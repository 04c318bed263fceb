from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("alerts", "0014_correction_note")]

    operations = [room_sql(__file__, "0015_note.sql")]
