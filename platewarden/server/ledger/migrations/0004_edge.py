from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_altered")]
    operations = [room_sql(__file__, "0004_edge.sql")]
