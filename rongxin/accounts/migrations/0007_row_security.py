"""Accounts and what guards them: whoever works here sees with whom; secrets are the bearer's, the entrance's and the keeper's."""

from django.db import migrations

from rongxin.storage.rows import any_of, asks, may, own, row_security

KEEPER = may("account:keep")
SECRETS = ("formerpassword", "codegenerator", "securitykey", "recoverycode", "machinekey", "invitation")
OF_ONE = any_of(asks("entrance"), own("account_id"), KEEPER)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_enterprise_logins"), ("departments", "0003_who_asks")]
    operations = [
        row_security(
            "accounts_account",
            read=any_of(asks("entrance", "desk"), own("id"), may("account:keep", "accountlog:read")),
            # Enterprises open their own logins at the entrance.
            add=any_of(asks("entrance"), KEEPER),
            change=any_of(asks("entrance"), own("id"), KEEPER),
        ),
        *(
            row_security(f"accounts_{name}", read=OF_ONE, add=OF_ONE, change=OF_ONE, remove=OF_ONE)
            for name in SECRETS
        ),
        row_security(
            "accounts_accountevent",
            read=any_of(asks("entrance"), own("account_id"), may("account:keep", "accountlog:read")),
            add=any_of(asks("entrance"), own("account_id"), KEEPER),
        ),
    ]
