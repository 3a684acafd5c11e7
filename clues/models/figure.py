"""Figures that a job keeps (clues/reports/figures.py), so that no page counts over everything there is."""

from django.db import models

from .fields import CodeField


class InstitutionFigure(models.Model):
    """What an institution has at the moment `as_of`; what came later is counted by whoever reads."""

    institution = models.OneToOneField(
        "members.Institution", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    as_of = models.DateTimeField()
    matched = models.BigIntegerField()  # matches it is a party of
    unique = models.BigIntegerField()  # identifiers that nobody outside its group reported
    reviewed = models.BooleanField()  # whether a second person ever reviewed a clue
    acknowledged = models.BooleanField()  # whether anybody ever acknowledged a match

    class Meta:
        db_table = "institution_figure"


class DailyFigure(models.Model):
    """What an institution brought in, and was told of, on a day of Shanghai, up to its `as_of`."""

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False, related_name="+")
    day = models.DateField()
    batches = models.BigIntegerField()
    accepted = models.BigIntegerField()
    duplicates = models.BigIntegerField()
    refused = models.BigIntegerField()
    matches = models.BigIntegerField()

    class Meta:
        db_table = "daily_figure"
        constraints = [models.UniqueConstraint(fields=["institution", "day"], name="daily_figure_once")]


class CategoryFigure(models.Model):
    """How many active clues of a category an institution has."""

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False, related_name="+")
    category = CodeField()
    clues = models.BigIntegerField()

    class Meta:
        db_table = "category_figure"
        constraints = [models.UniqueConstraint(fields=["institution", "category"], name="category_figure_once")]


class AllianceWeek(models.Model):
    """A week of the whole alliance, by its Monday: sums, and of how many institutions each one is."""

    monday = models.DateField(primary_key=True)
    clues = models.BigIntegerField()
    clue_institutions = models.IntegerField()
    matches = models.BigIntegerField()
    match_institutions = models.IntegerField()

    class Meta:
        db_table = "alliance_week"


class OutcomeFigure(models.Model):
    """One counter of outcomes over all cases, and how many institutions stand behind it: fewer than five are not shown."""

    counter = CodeField(primary_key=True)
    value = models.DecimalField(max_digits=24, decimal_places=2)
    institutions = models.IntegerField()
    as_of = models.DateTimeField()

    class Meta:
        db_table = "outcome_figure"


class FunnelFigure(models.Model):
    """How far the clues of a category came: those that reached a stage, of them those that reached the one before too."""

    pk = models.CompositePrimaryKey("category", "stage")
    category = CodeField()
    stage = CodeField()
    clues = models.BigIntegerField()
    from_previous = models.BigIntegerField()
    median_seconds = models.BigIntegerField(null=True)  # from the clue's arrival
    institutions = models.IntegerField()
    as_of = models.DateTimeField()

    class Meta:
        db_table = "funnel_figure"
