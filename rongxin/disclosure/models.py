"""What is given away beside the pages: signed status lists and bulk files."""

from django.db import models


class StatusList(models.Model):
    """One signed list of bits, "may be displayed". Rows are added and signed anew, never removed.

    ``bits`` as they are published, packed from the left; ``token`` is the signed credential. ``position`` is the last event that is
    in it, ``day`` and ``policy_digest`` are those by which it was computed. All is null or empty until it is signed first.
    """

    number = models.PositiveIntegerField(primary_key=True)
    drawn_at = models.DateTimeField()
    bits = models.BinaryField(null=True)
    token = models.TextField(blank=True)
    position = models.BigIntegerField(default=0)
    day = models.DateField(null=True)
    policy_digest = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "状态清单"


class StatusIndices(models.Model):
    """Where in its list each of a block of neighbouring acts stands: a part of the permutation that was drawn for the list.

    ``block`` is the key of an act divided by the size of a block; ``indices`` are four bytes each, the lowest first.
    """

    block = models.BigIntegerField(primary_key=True)
    indices = models.BinaryField()

    class Meta:
        verbose_name = "状态清单序位"


class StatusCheck(models.Model):
    """How far the lists are and what the last check of them found; one row.

    ``position``: every event up to it is in the lists. ``faults`` is empty where each act has the bit that it should have.
    """

    position = models.BigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    faults = models.JSONField(default=list)

    class Meta:
        verbose_name = "状态清单核对"


class BulkEdition(models.Model):
    """One making of the bulk files. Its files lie in a folder named ``version`` and go with the next one; its row stays.

    ``base``: its changes begin from that edition. ``confirmed_at``: when everything in it was last known to be on display.
    """

    version = models.CharField(max_length=16, unique=True)
    base = models.CharField(max_length=16, blank=True)
    day = models.DateField()
    position = models.BigIntegerField()
    manifest = models.JSONField()
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()

    class Meta:
        verbose_name = "批量文件"
