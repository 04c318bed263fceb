from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("retention", "0004_gathered")]

    operations = [room_sql(__file__, "0005_compelled.sql")]
