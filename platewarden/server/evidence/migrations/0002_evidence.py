from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial"), ("retention", "0003_booked"), ("reads", "0006_signed")]

    operations = [room_sql(__file__, "0002_evidence.sql")]
