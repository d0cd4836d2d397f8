"""Public addresses. They are cited on paper and must never change."""

from django.urls import path, register_converter

from rongxin.portal import bulk, catalogue, examples, feeds, ledger, punctuality, recipients, status, views
from rongxin.portal.addresses import RecordNumber, Uscc

register_converter(Uscc, "uscc")
register_converter(RecordNumber, "record_number")

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("s/<uscc:uscc>", views.subject, name="subject"),
    path("r/<record_number:number>", views.record, name="record"),
    path("r/<record_number:number>.ledger-record.json", ledger.record_proof, name="record_proof"),
    path("newest", views.newest, name="newest"),
    path("feed.atom", feeds.atom, name="feed_atom"),
    path("feed.json", feeds.json, name="feed_json"),
    path("status/", status.page, name="status"),
    path("status/lists/<int:number>", status.signed_list, name="status_list"),
    path("bulk/", bulk.page, name="bulk"),
    path("bulk/manifest.json", bulk.manifest, name="bulk_manifest"),
    path("bulk/<slug:version>/<str:name>", bulk.file, name="bulk_file"),
    path("catalogue", catalogue.items, name="catalogue"),
    path("catalogue.csv", catalogue.items_csv, name="catalogue_csv"),
    path("punctuality", punctuality.month_page, name="punctuality"),
    path("punctuality.csv", punctuality.month_csv, name="punctuality_csv"),
    path("recipients", recipients.page, name="recipients"),
    path("recipients.csv", recipients.page_csv, name="recipients_csv"),
    path("documents", recipients.document, name="document"),
    path("ledger", ledger.page, name="ledger"),
    path("ledger/verify_ledger.py", ledger.verifier, name="ledger_verifier"),
    path("ledger/<slug:log>/<path:path>", ledger.published, name="ledger_file"),
    path("rules", views.rules, name="rules"),
    path("rules/<slug:kind>", views.rules_kind, name="rules_kind"),
    path("rules/<slug:kind>/example.csv", examples.example, name="example"),
]
