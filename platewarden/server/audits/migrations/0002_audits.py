from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0001_initial"),
        ("access", "0005_reserved"),
        ("equipment", "0004_deployment"),
        ("people", "0003_schedule"),
        ("retention", "0003_booked"),
        ("reads", "0008_choices"),
    ]

    operations = [room_sql(__file__, "0002_audits.sql")]
