"""units: 1 when one is late or a read is lost, and each number is told where it is."""

import json
from datetime import timedelta

from platewarden.cli.testing import desk_of
from platewarden.server.clock import now
from platewarden.server.equipment.models import Unit


def test_it_tells_of_each_unit_what_has_not_come_and_whether_it_is_late(office):
    car, desk = office.car(), desk_of(office)
    done = desk.run("units")
    assert (done.returncode, done.stdout) == (0, "Car 12  last contact never, 0 waiting, clock not known\n")
    for number in (1, 2, 4):
        office.receive(car, "AB12345", sequence=number)
    with office.as_role("ingest"):
        Unit.objects.update(last_sequence=6, lowest_unsent=5, unsent_since=now() - timedelta(hours=30), spooled=2, clock="office")
    done = desk.run("units", "--json")
    assert done.returncode == 1
    (unit,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (unit["unit"], unit["late"], unit["lost"], unit["expired"]) == ("Car 12", True, 1, 0)
    assert unit["gaps"] == [[3, 3, "lost"], [5, 6, "waiting in the car"]]
    words = desk.run("units").stdout
    assert "LATE: reads since" in words
    assert "reads 3 to 3: lost" in words
