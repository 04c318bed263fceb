"""Sign-in pages of the library that we use, one by one, and our own."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from platewarden.server.access import views

pages = (
    [
        path("purpose/", views.purpose, name="purpose"),
        path("lock/", views.lock, name="lock"),
        path("my-sign-in/end/", views.end_mine, name="end_mine"),
        path("sign-ins/<str:number>/", views.sign_ins, name="sign_ins"),
        path("sign-ins/<str:number>/end/", views.end_theirs, name="end_theirs"),
        path("locked-out/", views.locked_out, name="locked_out"),
        path("locked-out/release/", views.release, name="release"),
        path("locked-out/reset/", views.reset_ask, name="reset_ask"),
        path("locked-out/reset/<int:reset_id>/confirm/", views.reset_confirm, name="reset_confirm"),
        path("locked-out/reset/<int:reset_id>/refuse/", views.reset_refuse, name="reset_refuse"),
        path("locked-out/<str:number>/enable/", views.enable, name="enable"),
        path("my-sign-in/<int:factor_id>/name/", views.factor_name, name="factor_name"),
        path("my-sign-in/<int:factor_id>/remove/", views.factor_remove, name="factor_remove"),
        path("touch/", views.touch, name="touch"),
        path("looks/", views.tripped, name="tripped"),
        path("looks/<int:tripped_id>/", views.judge, name="judge"),
        path("looks/<int:tripped_id>/asked/", views.asked, name="asked"),
        path("looks/protected/", views.protect, name="protect"),
    ],
    "access",
)

urlpatterns = [
    # Exempt from sign-in: they are the sign-in.
    path("sign-in/", login_not_required(account.login), name="account_login"),
    path("sign-in/code/", login_not_required(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/inactive/", login_not_required(account.account_inactive), name="account_inactive"),
    path("sign-out/", account.logout, name="account_logout"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/recovery/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/passkey/", views.passkey_add, name="mfa_add_webauthn"),
    path("again/passkey/", views.passkey_again, name="mfa_reauthenticate_webauthn"),
    path("my-sign-in/", views.my_sign_in, name="mfa_index"),
    path("", include(pages)),
]
