from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("proof", "0007_facts"), ("people", "0005_policy_text")]
    operations = [room_sql(__file__, "0008_policy_text.sql")]
