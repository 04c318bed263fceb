from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = [("access", "0002_doors"), ("people", "0001_initial")]
    operations = [room_sql(__file__, "0001_reads.sql")]
