from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("reads", "0003_passage"), ("ledger", "0001_ledger"), ("access", "0002_doors")]
    operations = [room_sql(__file__, "0004_no_truncate.sql")]
