"""The made-up city: the same for the same number, with misreads, habits and answers that are known."""

from collections import Counter

from platewarden.bench.city import City, metres_between


def test_the_same_number_makes_the_same_city_and_another_another():
    one, same, other = (City(seed=seed, cars=80).day(3, 500)[1] for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_a_day_has_as_many_reads_as_asked_in_the_order_of_a_day_and_some_are_misread():
    trips, reads = City(seed=7, cars=200).day(0, 3000)
    assert len(reads) == 3000
    wrong = sum(each.plate != each.car.plate for each in reads)
    assert 0.005 < wrong / len(reads) < 0.08
    assert len({each.car.plate for each in reads}) > 100
    assert all(len(trip.crossings) >= 1 for trip in trips)


def test_people_who_live_there_come_by_again():
    city = City(seed=7, cars=50)
    seen = Counter(car for day in range(3) for car in {each.car.plate for each in city.day(day, 800)[1]})
    assert sum(days > 1 for days in seen.values()) > 10


def test_a_read_stands_where_its_camera_does_and_a_car_does_not_jump():
    _, reads = City(seed=7, cars=60).day(0, 800)
    by_car: dict = {}
    for each in sorted(reads, key=lambda each: each.at):
        before = by_car.get(each.car.plate)
        if before and (each.at - before.at).total_seconds() > 0:
            assert metres_between((before.lat, before.lon), (each.lat, each.lon)) < 17_000
        by_car[each.car.plate] = each


def test_roads_are_lines_for_the_map():
    roads = City(seed=7, cars=60).roads()
    assert roads["type"] == "FeatureCollection"
    assert all(each["geometry"]["type"] == "LineString" for each in roads["features"])
