from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("proof", "0006_handed_over"), ("ledger", "0002_facts")]
    operations = [room_sql(__file__, "0007_facts.sql")]
