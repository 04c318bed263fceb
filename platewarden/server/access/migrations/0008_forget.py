from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0007_factor_reset"), ("retention", "0002_purge")]
    operations = [room_sql(__file__, "0008_forget.sql")]
