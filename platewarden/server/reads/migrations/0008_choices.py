from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("reads", "0007_plate_of")]

    operations = [room_sql(__file__, "0008_choices.sql")]
