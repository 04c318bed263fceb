from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("retention", "0006_units"), ("reads", "0010_correction"), ("alerts", "0011_correction")]

    operations = [room_sql(__file__, "0007_corrections.sql")]
