from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial"), ("hotlists", "0002_entries")]
    operations = [room_sql(__file__, "0002_hits.sql")]
