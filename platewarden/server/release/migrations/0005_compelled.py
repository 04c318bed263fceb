from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("release", "0004_fulfil"), ("retention", "0005_compelled")]

    operations = [room_sql(__file__, "0005_compelled.sql")]
