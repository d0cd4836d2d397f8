"""The web entry: ``granian --interface wsgi config.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from rongxin.storage.serving import demand_serving_role  # noqa: E402 - Django is there now

demand_serving_role()
