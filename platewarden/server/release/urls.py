from django.urls import path

from platewarden.server.release import views

app_name = "release"
urlpatterns = [
    path("", views.on_file, name="on_file"),
    path("new/", views.new, name="new"),
    path("<int:request_id>/", views.asked, name="asked"),
    path("<int:request_id>/show/", views.show, name="show"),
    path("<int:request_id>/letter/", views.letter, name="letter"),
    path("<int:request_id>/decide/", views.decided, name="decided"),
    path("<int:request_id>/referral.pdf", views.referral, name="referral"),
]
