from django.db import migrations, models

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_sightings"), ("reads", "0005_held")]

    operations = [
        room_sql(__file__, "0007_held.sql"),
        migrations.AlterField(
            "Alert",
            "state",
            models.CharField(
                choices=[
                    ("raised", "New"),
                    ("acknowledged", "Acknowledged"),
                    ("verified", "Verified"),
                    ("disposed", "Closed"),
                    ("ended", "Purged before it was closed"),
                ],
                default="raised",
                max_length=12,
            ),
        ),
    ]
