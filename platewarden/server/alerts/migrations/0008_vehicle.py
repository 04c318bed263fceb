from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("alerts", "0007_held"), ("hotlists", "0005_acts")]

    operations = [room_sql(__file__, "0008_vehicle.sql")]
