from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("equipment", "0004_deployment"),
    ]

    operations = [
        migrations.AddField(model_name="unit", name="task_sheet", field=models.BigIntegerField(default=0)),
        migrations.AddField(model_name="unit", name="lat", field=models.FloatField(null=True)),
        migrations.AddField(model_name="unit", name="lon", field=models.FloatField(null=True)),
        migrations.AddField(model_name="unit", name="place_at", field=models.DateTimeField(null=True)),
    ]
