from django.urls import path

from platewarden.server.release import views

app_name = "release"
urlpatterns = [
    path("", views.on_file, name="on_file"),
    path("new/", views.new, name="new"),
    path("<int:request_id>/", views.asked, name="asked"),
    path("<int:request_id>/agency/", views.agency, name="agency"),
    path("<int:request_id>/show/", views.show, name="show"),
    path("<int:request_id>/letter/", views.letter, name="letter"),
    path("<int:request_id>/instrument/", views.permit, name="permit"),
    path("<int:request_id>/decide/", views.decided, name="decided"),
    path("<int:request_id>/name/", views.named, name="named"),
    path("<int:request_id>/fulfil/", views.fulfilled, name="fulfilled"),
    path("<int:request_id>/package/", views.package, name="package"),
    path("<int:request_id>/hand-over/", views.handed_over, name="handed_over"),
    path("<int:request_id>/receipt.pdf", views.receipt, name="receipt"),
    path("<int:request_id>/referral.pdf", views.referral, name="referral"),
]
