from django.urls import path

from platewarden.server.proof import views

app_name = "proof"
urlpatterns = [
    path("", views.clauses, name="clauses"),
    path("policy.pdf", views.clauses_pdf, name="clauses_pdf"),
    path("public/", views.public, name="public"),
    path("public/<int:year>/fix/", views.public_fix, name="public_fix"),
    path("public/<int:year>/all.zip", views.public_zip, name="public_zip"),
    path("public/<int:year>/<str:name>", views.public_file, name="public_file"),
    path("<slug:name>/", views.clause, name="clause"),
]
