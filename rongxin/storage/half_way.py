"""What ``migrate`` refuses: a database on which migrations that one took the place of stopped half-way.

Django would leave such an app out of its plan and say nothing (docs/decisions/0016-one-migration-per-app.md).
"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@register(Tags.database)
def nothing_stopped_half_way(
    app_configs: Any, databases: Sequence[str] | None = None, **more: Any
) -> list[CheckMessage]:
    """Of what one migration replaces a database has all, or nothing."""
    missing = [name for alias in databases or () for name in missing_on(alias)]
    if not missing:
        return []
    return [
        Error(
            f"数据库停在旧迁移的中间，还缺：{'、'.join(missing)}。"
            "The database stopped half-way among migrations that this version no longer has.",
            hint="请先用仍有这些迁移文件的版本运行 rongxin migrate，再用本版本。"
            "Migrate with a version that still has these files first, then with this one (docs/operators.md).",
            id="storage.half_way",
        )
    ]


def missing_on(alias: str) -> list[str]:
    """The migrations, as app.name, that the database ``alias`` lacks of those of which one replaces several and it has some."""
    applied = MigrationRecorder(connections[alias]).applied_migrations().keys()
    replaced = [set(migration.replaces) for migration in MigrationLoader(None).replacements.values()]
    return sorted(f"{app}.{name}" for olds in replaced if olds & applied for app, name in olds - applied)
