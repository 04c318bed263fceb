from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("hotlists", "0001_initial"), ("reads", "0001_reads")]
    operations = [room_sql(__file__, "0002_entries.sql")]
