from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("release", "0003_granted"), ("access", "0005_reserved"), ("retention", "0004_gathered")]

    operations = [room_sql(__file__, "0004_fulfil.sql")]
