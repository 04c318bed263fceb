from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0005_reserved"), ("people", "0004_dormant"), ("retention", "0003_booked")]

    operations = [room_sql(__file__, "0006_sign_ins.sql")]
