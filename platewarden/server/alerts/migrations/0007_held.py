from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_sightings"), ("reads", "0005_held")]

    operations = [room_sql(__file__, "0007_held.sql")]
