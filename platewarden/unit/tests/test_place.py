"""Where the unit is: from lines of a receiver, right or wrong, over a real socket and out of a file."""

import json
import socketserver
import threading
from datetime import UTC, datetime

import pytest

from platewarden.policy.refusal import Malformed
from platewarden.unit.place import Receiver, Source, Whereabouts, source_of, surveyed
from platewarden.unit.streets import Streets


def nmea(body):
    checksum = 0
    for each in body.encode():
        checksum ^= each
    return f"${body}*{checksum:02X}"


GGA = nmea("GPGGA,180001,4210.902,N,08748.018,W,1,08,0.9,200.0,M,-33.9,M,,")
RMC = nmea("GPRMC,180001.00,A,4210.902,N,08748.018,W,19.4,270.5,020326,,,A")
TPV = json.dumps(
    {
        "class": "TPV",
        "mode": 3,
        "time": "2026-03-02T18:00:01.000Z",
        "lat": 42.1817,
        "lon": -87.8003,
        "eph": 3.5,
        "track": 270.5,
        "speed": 10.0,
    }
)
MOMENT = datetime(2026, 3, 2, 18, 0, 1, tzinfo=UTC)


@pytest.fixture
def receiver():
    return Receiver(lambda: 100.0)


def test_nmea_lines_give_place_accuracy_course_speed_and_time(receiver):
    assert receiver.hear(GGA) is None
    fix = receiver.hear(RMC)
    assert (round(fix.lat, 4), round(fix.lon, 4), fix.accuracy_m, fix.heading_deg) == (42.1817, -87.8003, 4.5, 270.5)
    assert (round(fix.speed_mps, 1), fix.at) == (10.0, MOMENT)
    place = fix.place(103.0)
    assert (place.fix_age_s, place.heading_deg) == (3.0, 270.5)


def test_a_report_of_gpsd_gives_the_same(receiver):
    fix = receiver.hear(TPV)
    assert (fix.lat, fix.lon, fix.accuracy_m, fix.heading_deg, fix.speed_mps, fix.at) == (
        42.1817,
        -87.8003,
        3.5,
        270.5,
        10.0,
        MOMENT,
    )
    assert receiver.hear('{"class":"VERSION","release":"3.22"}') is None


@pytest.mark.parametrize(
    "line",
    [
        RMC[:-1] + "x",
        RMC.partition("*")[0],
        RMC.removeprefix("$"),
        "garbage",
        "{",
        '{"class":"TPV","mode":3}',
        '{"class":"TPV","mode":3,"lat":"north","lon":1}',
        '{"class":"TPV","mode":3,"lat":99.0,"lon":1.0}',
        "[]",
        nmea("GPRMC,180001.00,A,4275.902,N,08748.018,W,0,0,020326,,,A"),
        nmea("GPRMC,180001.00,A,4210.902,X,08748.018,W,0,0,020326,,,A"),
        nmea("GPRMC,990001.00,A,4210.902,N,08748.018,W,0,0,020326,,,A"),
        nmea("GPRMC,1"),
        "\ufffd\ufffd\ufffd",
    ],
)
def test_a_line_that_is_not_understood_is_counted_and_brings_nothing(receiver, line):
    assert receiver.hear(line) is None
    assert (receiver.fix, receiver.not_understood) == (None, 1)


@pytest.mark.parametrize(
    "line",
    [nmea("GPRMC,180001,V,,,,,,,020326,,,N"), nmea("GPGGA,180001,,,,,0,00,,,M,,M,,"), '{"class":"TPV","mode":1}'],
)
def test_no_fix_is_no_place_with_its_reason(receiver, line):
    assert receiver.hear(line) is None
    assert (receiver.because, receiver.not_understood) == ("the receiver sees too few satellites", 0)


class Told:
    """What `Whereabouts` told, and a wait for the next of a kind."""

    def __init__(self):
        self.places, self.said, self.times = [], [], []
        self.news = threading.Condition()

    def place(self, place):
        with self.news:
            self.places.append(place)
            self.news.notify_all()

    def wait_for(self, wanted):
        with self.news:
            assert self.news.wait_for(lambda: bool(self.places) and wanted(self.places[-1]), timeout=20)


def test_a_replay_file_is_followed_and_what_grows_old_is_no_place(tmp_path):
    (tmp_path / "drive.nmea").write_text(f"{GGA}\nnoise\n{RMC}\n")
    now, told = [100.0], Told()
    whereabouts = Whereabouts(
        Source(file=tmp_path / "drive.nmea"), oldest_s=10, seconds=lambda: now[0], say=told.said.append, hear_time=told.times.append
    )
    whereabouts.follow(told.place, every_s=0.05)
    told.wait_for(lambda where: where.place is not None)
    (tmp_path / "drive.nmea").unlink()
    now[0] += 11
    told.wait_for(lambda where: where.place is None)
    whereabouts.close()
    assert told.times[0] == MOMENT
    assert "does not know where it is" in told.said[-1]


def test_gpsd_over_a_real_socket_is_asked_to_speak_and_asked_again_when_it_goes():
    asked = []

    class Gpsd(socketserver.StreamRequestHandler):
        def handle(self):
            asked.append(self.rfile.readline())
            self.wfile.write(b'{"class":"VERSION"}\n' + TPV.encode() + b"\n")

    told = Told()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Gpsd) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        whereabouts = Whereabouts(
            source_of(f"gpsd:{server.server_address[1]}"), oldest_s=10, seconds=lambda: 1.0, say=told.said.append
        )
        whereabouts.follow(told.place, every_s=0.05)
        told.wait_for(lambda where: where.place is not None and where.place.accuracy_m == 3.5)
        whereabouts.close()
        server.shutdown()
    assert asked[0] == b'?WATCH={"enable":true,"json":true};\n'


def test_the_configuration_names_a_source_or_is_refused():
    assert source_of("") is None
    assert source_of("gpsd") == Source("127.0.0.1", 2947)
    assert source_of("nmea:/dev/ttyACM0").file.name == "ttyACM0"
    for wrong in ("gps", "gpsd:x", "gpsd:99999", "nmea:", "nmea:tty"):
        with pytest.raises(Malformed, match="it is “gpsd”"):
            source_of(wrong)


def drive(now, **more):
    """A receiver that nobody listens to but the test, and its whereabouts."""
    whereabouts = Whereabouts(Source(), oldest_s=10, seconds=lambda: now[0], say=lambda _: None, **more)
    whereabouts.receiver = Receiver(lambda: now[0])
    return whereabouts


def report(**changes):
    return json.dumps({**json.loads(TPV), **changes})


def test_a_car_that_stopped_faces_the_way_it_drove_and_one_that_drives_says_nothing():
    now = [100.0]
    car = drive(now)
    assert (car.where().place, car.where().because) == (None, "the receiver has said nothing yet")
    car.receiver.hear(report(speed=12.0, track=270.0))
    assert car.where().front_deg is None
    car.receiver.hear(report(speed=0.1, track=33.0))
    assert car.where().front_deg == 270.0
    now[0] += 11
    assert (car.where().place, car.where().because) == (None, "the last position is too old")
    car.receiver.hear(report(speed=0.1, track=33.0))
    assert car.where().front_deg is None  # it may have been pushed or towed meanwhile


def test_a_speed_that_is_not_known_is_no_standing_still():
    car = drive([100.0])
    car.receiver.hear(report(speed=12.0, track=270.0))
    car.receiver.hear(report(speed=None, track=270.0))
    assert car.where().front_deg is None


def test_the_place_names_its_crossing_of_a_car_and_of_a_post(tmp_path):
    (tmp_path / "roads.csv").write_text(
        "name,lat,lon\nCentral Ave,42.1817,-87.8020\nCentral Ave,42.1817,-87.8003\nCentral Ave,42.1817,-87.7980\n"
        "Green Bay Rd,42.1800,-87.8003\nGreen Bay Rd,42.1817,-87.8003\nGreen Bay Rd,42.1830,-87.8003\n"
    )
    streets = Streets.load(tmp_path / "roads.csv")
    car = drive([100.0], streets=streets)
    car.receiver.hear(TPV)
    assert car.where().place.crossing == "Central Ave & Green Bay Rd"
    post = surveyed(42.1817, -87.8003, 5.0, streets)
    assert (post.place.crossing, post.front_deg, post.because) == ("Central Ave & Green Bay Rd", 0.0, None)
