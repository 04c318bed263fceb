from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("alerts", "0004_source"), ("people", "0002_authorization"), ("reads", "0003_passage")]
    operations = [room_sql(__file__, "0005_confidential.sql")]
