import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ClockWatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_at", models.DateTimeField()),
                ("boot", models.CharField(max_length=60)),
                ("up_s", models.FloatField()),
                ("unexplained_s", models.FloatField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_clock")],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("criminal action", "Evidence in a criminal action"),
                            ("civil action", "Evidence in a civil action"),
                            ("reasonable belief", "Reasonable to believe it will become evidence"),
                            ("discovery", "Subject to a discovery request"),
                            ("lawful action", "Subject to another lawful action to produce records"),
                        ],
                        max_length=20,
                    ),
                ),
                ("authority", models.CharField(max_length=200)),
                ("reference", models.CharField(max_length=60)),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("read", "One read"),
                            ("vehicle", "A vehicle, within a time"),
                            ("pattern", "Vehicles that answer a partial plate, within a time"),
                            ("unit", "Everything a unit read, within a time"),
                            ("place", "Everything read around a place, within a time"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("placed_by", models.CharField(max_length=100)),
                ("placed_by_number", models.CharField(max_length=12)),
                ("placed_at", models.DateTimeField()),
                ("reads", models.PositiveIntegerField()),
                ("alerts", models.PositiveIntegerField()),
                ("review_on", models.DateField()),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("reviewed_by", models.CharField(blank=True, max_length=100)),
                ("book_by", models.DateField()),
                ("booked_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("released_by", models.CharField(blank=True, max_length=100)),
                ("released_because", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("until__gt", models.F("since"))), name="hold_ends_after_it_begins"),
                    models.CheckConstraint(condition=models.Q(("authority", ""), _negated=True), name="hold_has_an_authority"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_at", None),
                            models.Q(
                                models.Q(("released_by", ""), _negated=True), models.Q(("released_because", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="hold_release_says_who_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Purge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=100)),
                ("checkpoint_before", models.TextField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("ended_at",),
                        name="one_purge_at_a_time",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField()),
                ("purged", models.BigIntegerField()),
                ("spared", models.BigIntegerField()),
                ("note", models.TextField()),
                ("purge", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to="retention.purge")),
            ],
        ),
        migrations.CreateModel(
            name="ScheduleChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.JSONField()),
                ("text", models.TextField()),
                ("on_edition", models.PositiveIntegerField()),
                ("because", models.CharField(max_length=200)),
                ("asked_by", models.CharField(max_length=100)),
                ("asked_by_number", models.CharField(max_length=12)),
                ("asked_at", models.DateTimeField()),
                ("effective_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting for the second member"), ("signed", "Signed"), ("refused", "Refused")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("decided_by", models.CharField(blank=True, max_length=100)),
                ("decided_at", models.DateTimeField(null=True)),
                ("edition", models.PositiveIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("state", "waiting")), fields=("state",), name="one_change_waits")
                ],
            },
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("day", models.DateField(null=True)),
                ("schedule_days", models.PositiveIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("purged", models.BigIntegerField()),
                ("spared", models.BigIntegerField()),
                ("spared_by", models.JSONField()),
                ("unreadable", models.BigIntegerField()),
                ("keys", models.JSONField()),
                ("leaf_id", models.BigIntegerField()),
                (
                    "purge",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="chunks", to="retention.purge"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "list_entries"), _negated=True),
                        fields=("kind", "day"),
                        name="a_day_of_a_kind_ends_once",
                    )
                ],
            },
        ),
    ]
