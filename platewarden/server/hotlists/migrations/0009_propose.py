from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("hotlists", "0008_ran_out")]

    operations = [room_sql(__file__, "0009_propose.sql")]
