from django.urls import path

from platewarden.server.proof import views

app_name = "proof"
urlpatterns = [
    path("", views.clauses, name="clauses"),
    path("policy.pdf", views.clauses_pdf, name="clauses_pdf"),
    path("<slug:name>/", views.clause, name="clause"),
]
