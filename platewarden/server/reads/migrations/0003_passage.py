from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("reads", "0002_field_stream")]
    operations = [room_sql(__file__, "0003_passage.sql")]
