import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("retention", "0002_purge"),
    ]

    operations = [
        migrations.CreateModel(
            name="Package",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("access_id", models.UUIDField(unique=True)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("made_by", models.CharField(max_length=100)),
                ("made_by_number", models.CharField(max_length=12)),
                ("made_at", models.DateTimeField()),
                ("reads", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("making", "Not finished"),
                            ("written", "Written, not booked"),
                            ("booked", "In evidence"),
                            ("returned", "Returned"),
                            ("destroyed", "Destroyed"),
                        ],
                        default="making",
                        max_length=10,
                    ),
                ),
                ("written_at", models.DateTimeField(null=True)),
                ("photos", models.PositiveIntegerField(null=True)),
                ("size_bytes", models.BigIntegerField(null=True)),
                ("sha512", models.CharField(blank=True, max_length=128)),
                (
                    "hold",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="packages", to="retention.hold"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item_number", models.CharField(max_length=40)),
                ("medium_serial", models.CharField(max_length=60)),
                ("marking", models.CharField(max_length=200)),
                ("place", models.CharField(max_length=100)),
                ("booked_by", models.CharField(max_length=100)),
                ("booked_by_number", models.CharField(max_length=12)),
                ("booked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=100)),
                ("ended_because", models.CharField(blank=True, max_length=200)),
                (
                    "package",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="booking", to="evidence.package"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_whom", models.CharField(max_length=100)),
                ("to_whom", models.CharField(max_length=100)),
                ("because", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("written_by", models.CharField(max_length=100)),
                (
                    "booking",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="evidence.booking"),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="package",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "making"),
                    models.Q(models.Q(("sha512", ""), _negated=True), ("written_at__isnull", False)),
                    _connector="OR",
                ),
                name="package_written_was_read_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.UniqueConstraint(fields=("item_number",), name="an_item_number_once"),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None),
                    models.Q(models.Q(("ended_by", ""), _negated=True), models.Q(("ended_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="custody_end_says_who_and_why",
            ),
        ),
    ]
