from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("alerts", "0009_review")]

    operations = [room_sql(__file__, "0010_review_act.sql")]
