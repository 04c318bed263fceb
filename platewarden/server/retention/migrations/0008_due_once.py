from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("retention", "0007_corrections")]

    operations = [room_sql(__file__, "0008_due_once.sql")]
