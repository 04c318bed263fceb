import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("equipment", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="unit",
            name="last_contact_sent_at",
        ),
        migrations.AddField(
            model_name="unit",
            name="clock",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.AddField(
            model_name="unit",
            name="last_nonce_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="unit",
            name="last_sequence",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="unit",
            name="lowest_unsent",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="unit",
            name="tampered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="unit",
            name="unsent_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.BigIntegerField()),
                ("digest", models.BinaryField()),
                ("day", models.DateField()),
                ("reads", models.BigIntegerField()),
                ("ranges", models.JSONField()),
                ("buried_at", models.DateTimeField()),
                ("clock", models.CharField(max_length=12)),
                ("retention_days", models.PositiveIntegerField()),
                ("received_at", models.DateTimeField()),
                ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="equipment.unit")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("unit", "sequence"), name="equipment_tombstone_once")],
            },
        ),
    ]
