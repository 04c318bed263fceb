from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("hotlists", "0004_steps"), ("access", "0005_reserved"), ("retention", "0003_booked")]

    operations = [room_sql(__file__, "0005_acts.sql")]
