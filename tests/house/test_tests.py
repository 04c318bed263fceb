"""Tests stand beside what they test and mirror its name; what has none yet is listed, and the list only shrinks."""

from __future__ import annotations

from tests.house.source import PACKAGE, ROOT, SERVER, is_for_tests, rooms, shipped, short, tree

# Test files that look at a whole room or wing instead of one module.
MIRROR_NOTHING = {
    "platewarden/server/access/tests/test_attacks.py": "the attack list of sign-in, through the pages",
    "platewarden/server/database/tests/test_attacks.py": "the attack list, against the real logins and every door",
    "platewarden/server/web/tests/test_pages.py": "templates, style and scripts of the shell",
}
# Modules of a room that are data, addresses or forms: shown by the tests of the acts and pages that use them.
NEED_NONE = {"models", "urls", "forms", "acts", "__init__"}
# Modules with no test file of their own yet, each with where it is shown meanwhile.
WITHOUT = {
    "platewarden/server/access/views.py": "access/tests/test_purpose.py and test_session.py, through the pages",
    "platewarden/server/web/gate.py": "access/tests/test_session.py and tests/house/test_doors.py, at every address",
}


def modules_with_tests(folder) -> set[str]:
    return {path.stem.removeprefix("test_") for path in (folder / "tests").glob("test_*.py")}


def test_every_test_file_mirrors_a_module() -> None:
    stray = []
    for path in PACKAGE.rglob("tests/test_*.py"):
        folder, name = path.parents[1], path.stem.removeprefix("test_")
        mirrored = (folder / f"{name}.py", folder / name / "__init__.py")
        if not any(each.exists() for each in mirrored) and short(path) not in MIRROR_NOTHING:
            stray.append(short(path))
    assert not stray


def test_every_module_of_a_room_has_a_test_or_is_listed() -> None:
    missing = {
        short(path)
        for room in rooms()
        for path in room.glob("*.py")
        if path.stem not in NEED_NONE and not is_for_tests(path.relative_to(ROOT)) and path.stem not in modules_with_tests(room)
    }
    assert missing <= set(WITHOUT), "write the test"


def test_every_module_of_a_plain_wing_has_a_test() -> None:
    missing = [
        short(path)
        for wing in ("policy", "plate", "exchange", "transparency", "recognition", "unit", "witness")
        for path in (PACKAGE / wing).glob("*.py")
        if not path.name.startswith("__") and path.name != "testing.py" and path.stem not in modules_with_tests(PACKAGE / wing)
    ]
    assert not missing


def test_every_test_is_named_as_a_sentence() -> None:
    short_names = []
    for path in [*PACKAGE.rglob("tests/test_*.py"), *(ROOT / "tests").rglob("test_*.py")]:
        names = [node.name for node in tree(path).body if getattr(node, "name", "").startswith("test_")]
        short_names += [f"{short(path)}: {name}" for name in names if name.count("_") < 2]
    assert not short_names


def test_only_tests_stand_in_folders_of_tests() -> None:
    shipping = {path.parent for path in shipped(SERVER)}
    assert not [folder for folder in shipping if "tests" in folder.parts]
