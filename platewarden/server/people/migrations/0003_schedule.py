from typing import Any

from django.db import migrations, models

from platewarden.policy.department import load_department


def schedules_of_texts(apps: Any, _editor: Any) -> None:
    """Each edition's schedule is what its text says."""
    for edition in apps.get_model("people", "PolicyEdition").objects.all():
        edition.schedule = load_department(text=edition.text).retention_days
        edition.save(update_fields=["schedule"])


class Migration(migrations.Migration):
    dependencies = [("people", "0002_authorization")]

    operations = [
        migrations.AddField("PolicyEdition", "schedule", models.JSONField(default=dict), preserve_default=False),
        migrations.RunPython(schedules_of_texts, migrations.RunPython.noop),
        migrations.RemoveField("PolicyEdition", "retention_days"),
    ]
