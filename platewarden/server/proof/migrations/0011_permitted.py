from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("proof", "0010_public"), ("release", "0008_permitted")]

    operations = [room_sql(__file__, "0011_permitted.sql")]
