from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("investigations", "0004_tracks"), ("reads", "0010_correction")]

    operations = [room_sql(__file__, "0005_corrections.sql")]
