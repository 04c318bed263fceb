from django.urls import path

from platewarden.server.evidence import views

app_name = "evidence"
urlpatterns = [
    path("", views.packages, name="packages"),
    path("<int:package_id>/", views.package, name="package"),
    path("<int:package_id>/book/", views.book, name="book"),
    path("<int:package_id>/hand-on/", views.hand_on, name="hand_on"),
    path("<int:package_id>/return/", views.hand_back, name="hand_back"),
    path("<int:package_id>/destroy/", views.destroy, name="destroy"),
    path("<int:package_id>/passphrase/", views.passphrase, name="passphrase"),
    path("<int:package_id>/label.pdf", views.label, name="label"),
    path("<int:package_id>/custody.pdf", views.custody, name="custody"),
]
