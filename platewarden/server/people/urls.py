from django.urls import path, register_converter

from platewarden.server.people import views


class NumberConverter:
    """A member number in an address."""

    regex = "[A-Z0-9-]{2,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "number")

app_name = "people"
urlpatterns = [
    path("", views.members, name="members"),
    path("enrol/", views.enrol, name="enrol"),
    path("trainings/", views.training_file, name="training_file"),
    path("trainings/enter/", views.training_file_enter, name="training_file_enter"),
    path("policy/", views.policy, name="policy"),
    path("policy/new/", views.policy_new, name="policy_new"),
    path("policy/<int:text>/", views.policy_text, name="policy_text"),
    path("policy/<int:text>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("policy/file/<int:edition>/", views.policy_file, name="policy_file"),
    path("<number:number>/", views.member, name="member"),
    path("<number:number>/duty/", views.give, name="give"),
    path("<number:number>/relieve/", views.relieve, name="relieve"),
    path("<number:number>/seat/", views.hand_over, name="hand_over"),
    path("<number:number>/training/", views.train, name="train"),
    path("<number:number>/source/", views.authorize, name="authorize"),
    path("<number:number>/withdraw/", views.withdraw, name="withdraw"),
    path("<number:number>/left/", views.leave, name="leave"),
]
