from django.db import migrations, models

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("alerts", "0010_review_act"), ("reads", "0010_correction"), ("hotlists", "0009_propose")]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="state",
            field=models.CharField(
                choices=[
                    ("raised", "New"),
                    ("acknowledged", "Acknowledged"),
                    ("verified", "Verified"),
                    ("disposed", "Closed"),
                    ("withdrawn", "Withdrawn: the reading was corrected"),
                    ("ended", "Purged before it was closed"),
                ],
                default="raised",
                max_length=12,
            ),
        ),
        migrations.AddField(model_name="alert", name="rematched_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="alert",
            name="rematched_by",
            field=models.CharField(blank=True, default="", max_length=100),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="alert",
            name="rematched_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("characters", "Characters were misread"),
                    ("state", "The state was misread"),
                    ("hidden", "The plate is dirty, bent or partly hidden"),
                    ("no plate", "Another text in the picture was taken for the plate"),
                    ("correction", "The earlier correction was wrong"),
                ],
                default="",
                max_length=12,
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["rematched_at"], name="alerts_rematched", condition=models.Q(rematched_at__isnull=False)),
        ),
        room_sql(__file__, "0011_correction.sql"),
    ]
