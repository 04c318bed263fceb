from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("reads", "0009_gather"), ("access", "0005_reserved")]

    operations = [room_sql(__file__, "0010_correction.sql")]
