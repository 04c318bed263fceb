from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("proof", "0003_day"),
        ("alerts", "0010_review_act"),
        ("audits", "0002_audits"),
    ]

    operations = [room_sql(__file__, "0004_audits.sql")]
