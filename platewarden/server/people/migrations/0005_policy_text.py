import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_dormant")]

    operations = [
        migrations.CreateModel(
            name="PolicyText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("text", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("in_force_on", models.DateField()),
                ("entered_by", models.CharField(max_length=100)),
                ("entered_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("acknowledged_at", models.DateTimeField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgements",
                        to="people.policytext",
                        to_field="number",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("text", "member"), name="one_acknowledgement_a_text")],
            },
        ),
    ]
