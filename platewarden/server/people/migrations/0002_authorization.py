import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Authorization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=60)),
                ("reason", models.CharField(max_length=200)),
                ("given_by", models.CharField(max_length=100)),
                ("since_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=100)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorizations",
                        to="people.member",
                        to_field="number",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(until_at__gt=models.F("since_at")), name="authorization_ends_after_it_began"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(withdrawn_at=None), fields=("member", "source"), name="one_authorization_a_source"
                    ),
                ],
            },
        ),
    ]
