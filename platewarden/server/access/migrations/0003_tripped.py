from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_doors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Protected",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("keyed", models.BinaryField(unique=True)),
                ("since_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Tripped",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("same plate", "The same plate again and again"),
                            ("protected plate", "A protected plate"),
                            ("many looks", "Very many looks within a day"),
                            ("wide search", "A search that names hardly anything"),
                            ("sign-ins at once", "Signed in at several places at once"),
                        ],
                        max_length=20,
                    ),
                ),
                ("access_id", models.UUIDField()),
                ("member_number", models.CharField(max_length=12)),
                ("member_name", models.CharField(max_length=80)),
                ("count", models.PositiveIntegerField()),
                ("to_auditor", models.BooleanField()),
                ("judged_at", models.DateTimeField(null=True)),
                ("judged_by", models.CharField(blank=True, max_length=100)),
                (
                    "judgement",
                    models.CharField(
                        blank=True, choices=[("in order", "In order"), ("follow up", "To be followed up")], max_length=20
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
        ),
    ]
