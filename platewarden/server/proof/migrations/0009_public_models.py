from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("proof", "0008_policy_text"),
    ]

    operations = [
        migrations.CreateModel(
            name="YearTold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveIntegerField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=100)),
                ("made_by_number", models.CharField(max_length=12)),
                ("text", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="Sharing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("note", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
            ],
        ),
    ]
