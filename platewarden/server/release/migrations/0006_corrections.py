from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("release", "0005_compelled"), ("retention", "0007_corrections")]

    operations = [room_sql(__file__, "0006_corrections.sql")]
