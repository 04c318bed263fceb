from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("hotlists", "0011_described")]

    operations = [room_sql(__file__, "0012_alike.sql")]
