from django.db import migrations, models

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [("hotlists", "0002_entries")]

    operations = [
        migrations.AddField(model_name="source", name="owner", field=models.CharField(blank=True, max_length=100)),
        migrations.AddField(model_name="source", name="is_confidential", field=models.BooleanField(default=False)),
        room_sql(__file__, "0003_confidential.sql"),
    ]
