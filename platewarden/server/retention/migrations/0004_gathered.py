from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("retention", "0003_booked"), ("reads", "0009_gather")]

    operations = [room_sql(__file__, "0004_gathered.sql")]
