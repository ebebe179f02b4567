"""Which lists came back so nearly empty that a person has to say whether that is so?"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from companies.models import Company


class DoubtedList(models.Model):
    """A list that left out most of its names: a question until a person answers it or the list comes back whole."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    #: The list's name, such as `items`; of Desktop's other names `vendors`, `employees` and `other names` too.
    name = models.CharField(max_length=40)
    #: Keys of the rows of our copy that it left out.
    missing = models.JSONField(default=list)
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "name"], name="doubted_list_once")]

    def __str__(self) -> str:
        return self.name
