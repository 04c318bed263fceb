from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("reads", "0008_choices")]

    operations = [room_sql(__file__, "0009_gather.sql")]
