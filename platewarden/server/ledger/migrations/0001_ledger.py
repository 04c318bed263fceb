from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [room_sql(__file__, "0001_ledger.sql")]
