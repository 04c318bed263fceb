from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("hotlists", "0006_extracts"), ("alerts", "0008_vehicle")]

    operations = [room_sql(__file__, "0007_same_entries.sql")]
