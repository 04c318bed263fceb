from django.urls import path

from platewarden.server.alerts import views
from platewarden.server.alerts.stream import stream

app_name = "alerts"
urlpatterns = [
    path("", views.console, name="console"),
    path("stream/", stream, name="stream"),
    path("review/", views.review_queue, name="review_queue"),
    path("review/<int:disposition_id>/", views.review_one, name="review_one"),
    path("review/stop/<int:number>/", views.review_found, {"what": "stop"}, name="review_stop"),
    path("review/correction/<int:number>/", views.review_found, {"what": "correction"}, name="review_correction"),
    path("notes/", views.notes, name="notes"),
    path("notes/<int:note_id>/letter/", views.note_letter, name="note_letter"),
    path("notes/<int:note_id>/sent/", views.note_sent, name="note_sent"),
    path("notes/<int:note_id>/acknowledged/", views.note_acknowledged, name="note_acknowledged"),
    path("<int:alert_id>/note/", views.note_write, name="note_write"),
    path("<int:alert_id>/note/not-needed/", views.note_not_needed, name="note_not_needed"),
    path("stops/", views.stops, name="stops"),
    path("quality/", views.quality, name="quality"),
    path("correct/<uuid:read_id>/<str:captured>/", views.correct_reading, name="correct"),
    path("correct/<uuid:read_id>/<str:captured>/back/", views.take_back, name="take_back"),
    path("<int:alert_id>/", views.card, name="card"),
    path("<int:alert_id>/strip/", views.strip, name="strip"),
    path("<int:alert_id>/acknowledge/", views.acknowledge_alert, name="acknowledge"),
    path("<int:alert_id>/ask/", views.ask_state, name="ask"),
    path("<int:alert_id>/asked/", views.asked, name="asked"),
    path("<int:alert_id>/verify/", views.verify_alert, name="verify"),
    path("<int:alert_id>/dispose/", views.dispose_alert, name="dispose"),
]
