"""Accounts and what guards them: whoever works here sees with whom; secrets are the bearer's, the entrance's and the keeper's.
What happened to an account is never changed or removed. Refused requests are counted for the account, told and removed by the platform.
"""

from django.db import migrations

from rongxin.storage.growing import only_grow
from rongxin.storage.rows import any_of, asks, may, own, row_security

KEEPER = may("account:keep")
SECRETS = ("formerpassword", "codegenerator", "securitykey", "recoverycode", "machinekey", "invitation")
OWN = own("account_id")
OF_ONE = any_of(asks("entrance"), OWN, KEEPER)


class Migration(migrations.Migration):
    replaces = [("accounts", "0005_events_only_grow"), ("accounts", "0007_row_security")]
    dependencies = [("accounts", "0001_tables"), ("departments", "0002_guarded")]
    operations = [
        only_grow(
            "accounts_events_only_grow", "events of accounts are never changed or removed", "accounts_accountevent"
        ),
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
            read=any_of(asks("entrance"), OWN, may("account:keep", "accountlog:read")),
            add=any_of(asks("entrance"), OWN, KEEPER),
        ),
        row_security("accounts_denial", read=OWN, add=OWN, change=OWN),
    ]
