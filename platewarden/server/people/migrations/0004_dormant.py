from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_schedule")]

    operations = [
        migrations.AddField("member", "dormant_at", models.DateTimeField(null=True)),
        migrations.AddField("member", "enabled_at", models.DateTimeField(null=True)),
    ]
