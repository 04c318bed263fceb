from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_evidence"), ("investigations", "0002_investigations"), ("reads", "0008_choices")]

    operations = [room_sql(__file__, "0003_canvassed.sql")]
