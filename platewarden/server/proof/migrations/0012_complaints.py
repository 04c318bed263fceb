from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("proof", "0011_permitted"), ("complaints", "0002_complaints")]

    operations = [room_sql(__file__, "0012_complaints.sql")]
