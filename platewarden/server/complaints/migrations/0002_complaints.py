from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0001_initial"),
        ("release", "0008_permitted"),
        ("retention", "0007_corrections"),
        ("audits", "0002_audits"),
        ("alerts", "0010_review_act"),
    ]

    operations = [room_sql(__file__, "0002_complaints.sql")]
