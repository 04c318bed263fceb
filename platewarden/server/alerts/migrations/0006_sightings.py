from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0005_confidential")]

    operations = [
        migrations.RemoveConstraint(model_name="caroutcome", name="one_car_outcome_a_number"),
        migrations.AddConstraint(
            model_name="caroutcome",
            constraint=models.UniqueConstraint(fields=("unit", "sequence", "captured_at"), name="one_car_outcome_a_sighting"),
        ),
    ]
