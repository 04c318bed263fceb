from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_ledger")]
    operations = [room_sql(__file__, "0002_facts.sql")]
