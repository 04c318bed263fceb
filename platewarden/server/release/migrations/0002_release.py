from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("release", "0001_initial"), ("access", "0005_reserved"), ("retention", "0003_booked")]

    operations = [room_sql(__file__, "0002_release.sql")]
