"""Addresses of the enterprise's window. A firm's own stand under its unified code."""

from django.urls import path

from rongxin.enterprise import arrivals, cases, claiming, contacts, firms, looks, messages, proxies, rights, sign_up
from rongxin.entrance.login import Login

app_name = "enterprise"
urlpatterns = [
    path("", firms.home, name="home"),
    path("login", Login.as_view(template_name="enterprise/login.html"), name="login"),
    path("sign-up", sign_up.page, name="sign_up"),
    path("messages", messages.listing, name="messages"),
    path("messages/read", messages.read_all, name="messages_read"),
    path("messages/<int:pk>", messages.detail, name="message"),
    path("messages/<int:pk>/read", messages.read, name="message_read"),
    path("rights", rights.page, name="rights"),
    path("accept", proxies.accept, name="accept"),
    path("claim", claiming.claiming, name="claiming"),
    path("claims/<str:number>", claiming.detail, name="claim"),
    path("claims/<str:number>/code", claiming.code, name="claim_code"),
    path("claims/<str:number>/take", claiming.take, name="claim_take"),
    path("firms/<str:uscc>", firms.detail, name="firm"),
    path("firms/<str:uscc>/file.csv", firms.file_csv, name="file_csv"),
    path("firms/<str:uscc>/proxies", proxies.listing, name="proxies"),
    path("firms/<str:uscc>/proxies/<int:pk>/end", proxies.revoke, name="proxy_end"),
    path("firms/<str:uscc>/invitations/<int:pk>/end", proxies.take_back, name="invitation_end"),
    path("firms/<str:uscc>/contacts", contacts.page, name="contacts"),
    path("firms/<str:uscc>/cases", cases.listing, name="cases"),
    path("firms/<str:uscc>/cases/<str:number>", cases.detail, name="case"),
    path("firms/<str:uscc>/cases/<str:number>/take", cases.take, name="case_take"),
    path("firms/<str:uscc>/cases/<str:number>/evidence", cases.hand_in, name="case_hand_in"),
    path("firms/<str:uscc>/cases/<str:number>/evidence/<int:pk>", cases.evidence, name="case_evidence"),
    path("firms/<str:uscc>/cases/<str:number>/documents/<str:code>.pdf", cases.paper, name="case_paper"),
    path("firms/<str:uscc>/records/<str:number>/arrivals", arrivals.page, name="arrivals"),
    path("firms/<str:uscc>/records/<str:number>/sync-certificate.pdf", arrivals.certificate, name="sync_certificate"),
    path("firms/<str:uscc>/records/<str:number>/withdrawal-notice.pdf", arrivals.notice, name="withdrawal_notice"),
    path("firms/<str:uscc>/looks", looks.looked, name="looks"),
    path("firms/<str:uscc>/looks.csv", looks.looked_csv, name="looks_csv"),
    path("firms/<str:uscc>/changes", looks.changed, name="changes"),
    path("firms/<str:uscc>/looks/<slug:book>.ledger-stream.json", looks.stream, name="looks_stream"),
    path("firms/<str:uscc>/looks/<slug:book>/<int:number>", looks.look, name="look"),
    path("firms/<str:uscc>/looks/<slug:book>/<int:number>.ledger-proof.json", looks.proof, name="look_proof"),
    path("firms/<str:uscc>/looks/<slug:book>/<int:number>.records.txt", looks.records, name="look_records"),
    path("firms/<str:uscc>/leave", proxies.leave, name="leave"),
]
