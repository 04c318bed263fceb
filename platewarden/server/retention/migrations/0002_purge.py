from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial"), ("reads", "0005_held"), ("alerts", "0007_held"), ("access", "0002_doors")]

    operations = [room_sql(__file__, "0002_purge.sql")]
