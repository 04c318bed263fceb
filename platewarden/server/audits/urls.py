from django.urls import path

from platewarden.server.audits import views

app_name = "audits"
urlpatterns = [
    path("", views.audits, name="audits"),
    path("plan/", views.plan_now, name="plan"),
    path("plan/<int:change_id>/sign/", views.plan_sign, name="plan_sign"),
    path("plan/<int:change_id>/refuse/", views.plan_refuse, name="plan_refuse"),
    path("report/<int:year>/", views.report, name="report"),
    path("report/<int:year>.pdf", views.report_pdf, name="report_pdf"),
    path("report/<int:year>.csv", views.report_csv, name="report_csv"),
    path("training.pdf", views.training, name="training_pdf"),
    path("mine/", views.mine, name="mine"),
    path("mine/<int:sheet_id>/", views.answered, name="answer"),
    path("<int:audit_id>/", views.audit, name="audit"),
    path("<int:audit_id>/sign/", views.signed, name="sign"),
    path("<int:audit_id>/<int:position>/", views.sheet, name="sheet"),
    path("<int:audit_id>/<int:position>/show/", views.show, name="show"),
    path("<int:audit_id>/<int:position>/judge/", views.judged, name="judge"),
    path("<int:audit_id>/<int:position>/close/", views.closed, name="close"),
]
