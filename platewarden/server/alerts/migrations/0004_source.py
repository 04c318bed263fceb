import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_car_outcomes"), ("hotlists", "0003_confidential")]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="source",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="hotlists.source"),
        ),
    ]
