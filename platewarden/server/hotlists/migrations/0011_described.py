from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("hotlists", "0010_source_ask")]

    operations = [room_sql(__file__, "0011_described.sql")]
