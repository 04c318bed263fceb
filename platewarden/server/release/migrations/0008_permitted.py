from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("release", "0007_instrument")]

    operations = [room_sql(__file__, "0008_permitted.sql")]
