"""Roles come from the permission matrix; who looked after the register was the credit office of the city all along."""

from django.db import migrations, models

ROLES = (
    "public", "enterprise", "proxy", "agency", "clerk", "reviewer", "head", "inspector", "window", "county_office",
    "city_office", "province_office", "auditor", "system_admin", "security_admin", "audit_admin",
)


def rename(old, new):
    def renamed(apps, schema_editor):
        apps.get_model("accounts", "Account").objects.filter(role=old).update(role=new)

    return renamed


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_machine_keys")]
    operations = [
        migrations.AlterField(
            "account",
            "role",
            models.CharField("角色", max_length=16, choices=[(role, role) for role in ROLES]),
        ),
        migrations.RunPython(rename("steward", "city_office"), rename("city_office", "steward")),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(condition=models.Q(("role__in", list(ROLES))), name="accounts_one_role"),
        ),
    ]
