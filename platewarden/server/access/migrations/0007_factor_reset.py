from django.db import migrations, models

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("access", "0006_sign_ins"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [
        migrations.CreateModel(
            name="FactorReset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("member_number", models.CharField(max_length=12)),
                ("because", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=100)),
                ("asked_by_number", models.CharField(max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for a second member"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Refused"),
                            ("lapsed", "Nobody confirmed within a day"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")), fields=("member_number",), name="one_waiting_reset_a_member"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("asked_by_number", models.F("member_number")), _negated=True),
                        name="nobody_asks_for_themselves",
                    ),
                ]
            },
        ),
        room_sql(__file__, "0007_factor_reset.sql"),
    ]
