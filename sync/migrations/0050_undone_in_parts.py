from django.db import migrations


class Migration(migrations.Migration):
    """A file can be undone by several: what a first one left in a closed period goes into another one later."""

    dependencies = [("sync", "0049_second_person")]

    operations = [migrations.RemoveConstraint(model_name="exportbatch", name="reversed_once")]
