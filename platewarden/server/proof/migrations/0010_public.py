from django.db import migrations

from platewarden.server.database.room_sql import room_sql


class Migration(migrations.Migration):
    dependencies = [
        ("proof", "0009_public_models"),
        ("access", "0005_reserved"),
        ("alerts", "0010_review_act"),
        ("audits", "0002_audits"),
        ("equipment", "0001_initial"),
        ("reads", "0010_correction"),
        ("release", "0005_compelled"),
        ("retention", "0005_compelled"),
    ]
    operations = [room_sql(__file__, "0010_public.sql")]
