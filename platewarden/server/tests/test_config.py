"""What the server is told is read strictly, and its secrets are its own."""

import os
import stat
from dataclasses import replace

import pytest

from platewarden.policy.refusal import Malformed, Unavailable
from platewarden.server import config as module
from platewarden.server.config import (
    DatabaseAddress,
    ServerConfig,
    StateSystem,
    create_password,
    create_secret,
    read_password,
    read_secret,
    socket_folder,
    usual_data,
)

EMBEDDED = DatabaseAddress(dbname="platewarden", embedded=True)


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def told(data, **facts):
    return ServerConfig(**{"data": data, "database": EMBEDDED, "role_prefix": "platewarden", **facts})


def written(data, text):
    (data / "config.toml").write_text(text)
    (data / "config.toml").chmod(0o600)
    return data


def test_what_is_saved_is_what_is_loaded(data):
    one = told(
        data,
        database=DatabaseAddress(
            dbname="hp", host="db.example.org", port=5433, sslmode="verify-full", sslrootcert="/etc/ssl/own.pem"
        ),
        role_prefix="hp",
        web_port=9000,
        public_origin="https://alpr.example.org",
        intake_origin="https://cars.example.org",
        certificate=data / "tls" / 'odd "name".pem',
        certificate_key=data / "tls" / "key.pem",
        intake_certificate=data / "tls" / "cars.pem",
        intake_certificate_key=data / "tls" / "cars-key.pem",
        department_file=data / "department.toml",
    )
    one.save()
    assert ServerConfig.load(data) == one
    assert stat.S_IMODE((data / "config.toml").stat().st_mode) == 0o600


def test_the_embedded_databases_socket_follows_the_data_folder(data, tmp_path):
    told(data).save()
    assert ServerConfig.load(data).database.host == str(socket_folder(data))
    moved = data.rename(tmp_path / "moved")
    assert ServerConfig.load(moved).database.host == str(socket_folder(moved))


def test_a_state_system_is_written_and_read_again(data):
    system = StateSystem(url="https://c.example.org/ask?x=1", source="LEADS", seconds=5, certificate_sha256="0f" * 32)
    told(data, state_system=system).save()
    assert ServerConfig.load(data).state_system == system
    told(data).save()
    assert ServerConfig.load(data).state_system is None


def test_a_folder_that_was_never_set_up_says_what_to_do(data):
    with pytest.raises(Unavailable, match="Run `platewarden setup --data"):
        ServerConfig.load(data)


BASE = '[database]\nembedded = true\nname = "platewarden"\nrole_prefix = "platewarden"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (BASE + "[web]\nprot = 1\n", r"nobody knows \[web\] prot. Known there: .*port"),
        (BASE + "[webb]\nport = 1\n", r"nobody knows \[webb\]. Known sections: "),
        ("surprise = 1\n" + BASE, r"nobody knows \[surprise\]"),
        (BASE + '[web]\nport = "80"\n', "port should be a whole number"),
        (BASE + "[web]\nport = true\n", "port should be a whole number"),
        (BASE + "[web]\nport = 0\n", "0 is no port for web"),
        (BASE + "[web]\nbind = 1\n", "bind should be a text"),
        (BASE + '[web]\nbind = "a\\nb"\n', "bind should be a text on one line"),
        (BASE + '[web]\npublic_origin = "http://alpr.example.org"\n', "in the clear"),
        (BASE + '[web]\npublic_origin = "alpr.example.org"\n', "is no origin"),
        (BASE + '[web]\ncertificate = "/tls.pem"\n', "TLS needs both"),
        (BASE + '[web]\ncertificate = "tls.pem"\n', "should be a whole path"),
        (BASE + '[intake]\ncertificate_key = "/tls.pem"\n', r"\[intake\] needs both"),
        (BASE.replace("true", '"yes"'), "embedded should be true or false"),
        (BASE.replace("true", "false"), "either embedded = true or names a host"),
        (BASE + 'host = "db"\n', "either embedded = true or names a host"),
        (BASE.replace("embedded = true", 'host = "db.example.org"'), "on another machine: set sslmode"),
        (BASE.replace("embedded = true", 'host = "db.example.org"\nsslmode = "prefer"'), "on another machine: set sslmode"),
        (BASE.replace('name = "platewarden"', 'name = "postgres"'), "can't be the database's name"),
        ('[database]\nembedded = true\nname = "platewarden"\n', "lacks role_prefix"),
        ("[database\n", "can't be read"),
        (BASE + '[state_system]\nurl = "https://connector.example.org/"\n', "source names the official database"),
        (BASE + '[state_system]\nsource = "LEADS"\n', r"\[state_system\] url looks like"),
        (BASE + '[state_system]\nurl = "http://connector.example.org/"\nsource = "LEADS"\n', "in the clear"),
        (BASE + '[state_system]\nurl = "https://c.example.org/"\nsource = "LEADS"\nseconds = 60\n', "from 1 to 30"),
        (
            BASE + '[state_system]\nurl = "https://c.example.org/"\nsource = "LEADS"\npin = "x"\n',
            r"nobody knows \[state_system\] pin",
        ),
        ("web = 3\n" + BASE, "web should be a section"),
    ],
)
def test_a_configuration_that_is_odd_is_refused_by_name(data, text, sentence):
    with pytest.raises(Malformed, match=sentence):
        ServerConfig.load(written(data, text))


def test_a_configuration_that_others_may_read_is_refused(data):
    written(data, BASE)
    (data / "config.toml").chmod(0o644)
    with pytest.raises(Unavailable, match="open to others"):
        ServerConfig.load(data)


def test_a_crash_while_writing_leaves_the_old_configuration(data, monkeypatch):
    told(data).save()
    monkeypatch.setattr(module.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        told(data, web_port=9000).save()
    assert ServerConfig.load(data).web_port == 8427
    assert [file.name for file in data.iterdir()] == ["config.toml"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://db/x", "starts with postgresql://"),
        ("postgresql://me:secret@db.example.org/platewarden", "names host and database only"),
        ("postgresql://me@db.example.org/platewarden", "names host and database only"),
        ("postgresql:///platewarden", "names no host"),
        ("postgresql://localhost/", "can't be the database's name"),
        ("postgresql://localhost/postgres", "can't be the database's name"),
        ("postgresql://localhost/Plate-Warden", "can't be the database's name"),
        ("postgresql://localhost:99999/platewarden", "port"),
        ("postgresql://localhost/platewarden?password=x", "says password, which is not known"),
        ("postgresql://db.example.org/platewarden?sslmode=disable", "on another machine"),
        ("postgresql://localhost/platewarden?sslmode=often", "it is one of"),
    ],
)
def test_a_database_url_that_is_odd_is_refused(url, sentence):
    with pytest.raises(Malformed, match=sentence):
        DatabaseAddress.from_url(url)


def test_a_database_on_another_machine_is_reached_over_verified_tls_only():
    far = DatabaseAddress.from_url("postgresql://db.example.org/platewarden?sslrootcert=/ca.pem")
    assert far.login("platewarden_app", "x").params["sslmode"] == "verify-full"
    near = DatabaseAddress.from_url("postgresql://localhost:5433/platewarden")
    assert (near.port, near.options) == (5433, {})


def test_a_login_shows_everything_but_its_password(data):
    create_password(data, "app")
    login = told(data).connection("app")
    assert login.user == "platewarden_app"
    assert login.password not in repr(login)
    assert login.password in login.conninfo
    with pytest.raises(Malformed, match="no login"):
        told(data).connection("door")


def test_a_secret_is_made_once_and_is_its_owners_alone(data):
    one = create_secret(data, "django.key", 32)
    assert len(one) == 32
    assert create_secret(data, "django.key", 64) == one == read_secret(data, "django.key")
    assert stat.S_IMODE((data / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "secrets" / "django.key").stat().st_mode) == 0o600
    assert create_password(data, "app") == read_password(data, "app")
    assert len(read_password(data, "app")) == 43


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o700])
def test_a_secret_that_others_may_read_is_refused(data, mode):
    create_secret(data, "django.key")
    (data / "secrets" / "django.key").chmod(mode)
    with pytest.raises(Unavailable, match="Treat it as told"):
        read_secret(data, "django.key")


def test_a_folder_of_secrets_that_others_may_enter_is_refused(data):
    create_secret(data, "django.key")
    (data / "secrets").chmod(0o755)
    with pytest.raises(Unavailable, match="open to others"):
        read_secret(data, "django.key")


def test_a_secret_that_is_a_link_is_refused(data, tmp_path):
    create_secret(data, "django.key")
    target = data / "secrets" / "django.key"
    target.rename(tmp_path / "elsewhere")
    target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unavailable, match="can't be opened"):
        read_secret(data, "django.key")


def test_a_missing_secret_says_what_to_do(data):
    with pytest.raises(Unavailable, match="Run `platewarden setup` again"):
        read_secret(data, "django.key")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "Upper"])
def test_a_secret_has_a_plain_name(data, name):
    with pytest.raises(Malformed, match="no name for a secret"):
        create_secret(data, name)


def test_a_secret_of_somebody_else_is_refused(data):
    if os.geteuid() != 0:
        pytest.skip("needs root to be somebody else")
    create_secret(data, "django.key")
    os.chown(data / "secrets" / "django.key", 65534, 65534)
    with pytest.raises(Unavailable, match="belongs to somebody else"):
        read_secret(data, "django.key")


def test_what_root_makes_belongs_to_the_owner_of_the_data_folder(data):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    os.chown(data, 65534, 65534)
    create_secret(data, "django.key")
    told(data).save()
    for path in (data / "secrets", data / "secrets" / "django.key", data / "config.toml"):
        assert path.stat().st_uid == 65534
    assert len(read_secret(data, "django.key")) == 32
    assert ServerConfig.load(data).role_prefix == "platewarden"


def test_browsers_and_units_may_call_it_by_its_names(data):
    one = told(data, public_origin="https://alpr.example.org", intake_origin="https://cars.example.org:8428")
    assert one.allowed_hosts == ["127.0.0.1", "alpr.example.org", "cars.example.org", "localhost"]
    assert one.is_tls
    assert not told(data).is_tls


def test_data_lies_where_its_user_can_enter(monkeypatch, tmp_path):
    monkeypatch.setattr(module.os, "geteuid", lambda: 0)
    assert str(usual_data("demo")) == "/var/lib/platewarden/demo"
    monkeypatch.setattr(module.os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert usual_data("demo") == tmp_path / "platewarden" / "demo"


@pytest.mark.parametrize("bind", [{"web_bind": "0.0.0.0"}, {"intake_bind": "192.0.2.7"}])
def test_it_refuses_to_be_heard_beyond_this_machine_without_tls(data, bind):
    with pytest.raises(Malformed, match="without TLS"):
        told(data, **bind)
    told(data, **bind, certificate=data / "cert.pem", certificate_key=data / "key.pem")
    with pytest.raises(Malformed, match="without TLS"):  # a certificate for cars is none for the pages
        told(data, web_bind="0.0.0.0", intake_certificate=data / "cars.pem", intake_certificate_key=data / "cars-key.pem")


def test_the_door_for_cars_shows_its_own_certificate_or_that_of_the_pages(data):
    pages, cars = (data / "web.pem", data / "web-key.pem"), (data / "cars.pem", data / "cars-key.pem")
    both = told(data, certificate=pages[0], certificate_key=pages[1])
    assert (both.web_tls, both.intake_tls) == (pages, pages)
    apart = replace(both, intake_certificate=cars[0], intake_certificate_key=cars[1])
    assert (apart.web_tls, apart.intake_tls) == (pages, cars)
    assert told(data).web_tls is told(data).intake_tls is None
