"""people: enrol, train, authorize, unlock, the policy's text. What a command decides is signed by a member with password and second factor."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from platewarden.cli.server import Data, data_folder, start_django, tell

if TYPE_CHECKING:
    from platewarden.server.people.models import Member

app = typer.Typer(no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="Your member number: you are asked for password and code.")]
Number = Annotated[str, typer.Argument(help="The member number of the one it is about.")]


def signed_in(number: str) -> Member:
    """Asks the member for password and code, on the terminal, and returns the member."""
    from platewarden.server.access.console import sign_in_at_console

    password = typer.prompt(f"Password of {number}", hide_input=True, err=True)
    code = typer.prompt("Code of the second factor", err=True)
    return sign_in_at_console(number, password, code)


@app.command()
def unlock(number: Number, by: By, data: Data = None) -> None:
    """Release a member who is locked out after five failed sign-ins. Example: platewarden people unlock 1042 --by 1001"""
    from platewarden.policy.refusal import Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.access.lockout import release
        from platewarden.server.clock import now
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.rules import may_do

        member = signed_in(by)
        if refusal := may_do(member, Act.PEOPLE_UNLOCK, now()):
            raise Refused(refusal)
        released = release(number.strip().upper(), by=Signer(member.number, member.name))
    tell(f"{number} may sign in again." if released else f"{number} was not locked.")


@app.command()
def enrol(
    number: Number,
    name: Annotated[str, typer.Argument(help="The name, as it stands in the ledger.")],
    duty: Annotated[list[str], typer.Option(help="A duty, once for each.")],
    by: By,
    data: Data = None,
) -> None:
    """Take a member on, with duties. Prints a one-time password, once.

    Example: platewarden people enrol 1042 "Rosa Vega" --duty operator --duty investigator --by 1001
    """
    from platewarden.policy.refusal import Malformed, Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from django.db import transaction

        from platewarden.server.clock import now
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.assign import assign
        from platewarden.server.people.enrol import enrol_member
        from platewarden.server.people.models import Duty
        from platewarden.server.people.rules import may_do

        unknown = [each for each in duty if each not in Duty.values]
        if unknown:
            raise Malformed(f"“{unknown[0]}” is not a duty. It is one of: {', '.join(Duty.values)}.")
        member = signed_in(by)
        if refusal := may_do(member, Act.PEOPLE_ASSIGN, now()):
            raise Refused(refusal)
        signer = Signer(member.number, member.name)
        with transaction.atomic():  # with all duties, or not at all
            new, handed = enrol_member(number=number.strip().upper(), name=name, by=signer)
            for each in duty:
                assign(new, Duty(each), by=signer)
    print(f"{new.number}  password {handed.password}")
    tell("Hand it over in person. The first sign-in asks for a second factor; training must be entered before anything opens.")
    if "operator" in duty:
        tell(f"For cars: platewarden people shift-secret {new.number} --stick FOLDER --by {by}")


@app.command()
def shift_secret(
    number: Number,
    stick: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the member's stick is mounted; the key file is written there.")
    ],
    by: By,
    data: Data = None,
) -> None:
    """Hand out a new shift secret for cars, and write its key onto the member's stick. The one before ends with the next roster.

    Example: platewarden people shift-secret 1042 --stick /media/STICK --by 1001

    The secret is printed once and kept nowhere. Whoever finds the stick has no secret, and whoever hears the secret has no key.
    """
    from platewarden.policy.refusal import Malformed, Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.models import Member
        from platewarden.server.people.rules import may_do
        from platewarden.server.people.shift_secret import ShiftCredentials, hand_out, write_key_file

        one = Member.objects.filter(number=number.strip().upper(), is_active=True).first()
        if one is None:
            raise Malformed(f"There is no member {number[:12]}. Check the number.")
        member = signed_in(by)
        if refusal := may_do(member, Act.PEOPLE_SHIFT_SECRET, now()):
            raise Refused(refusal)
        credentials = ShiftCredentials.new()
        write_key_file(stick, one.number, credentials.key)  # first: a secret without its key would lock the member out of cars
        hand_out(one, credentials, by=Signer(member.number, member.name))
    print(f"{one.number}  shift secret {credentials.secret}")
    tell("Hand stick and secret over in person. Cars learn of it by the next roster; the ones before no longer count then.")


@app.command()
def authorize(
    number: Number,
    source: Annotated[str, typer.Argument(help="The confidential source, as the hot lists name it.")],
    reason: Annotated[str, typer.Option(help="Why the member needs it.")],
    until: Annotated[str, typer.Option(help="The last day, such as 2026-12-31.")],
    by: By,
    data: Data = None,
) -> None:
    """Authorize a member for a confidential source, until a day.

    Example: platewarden people authorize 1042 "State gang file" --reason "gang unit" --until 2026-12-31 --by 1001
    """
    from platewarden.policy.refusal import Malformed, Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    try:
        last_day = date.fromisoformat(until)
    except ValueError as error:
        raise Malformed(f"“{until[:20]}” is not a date. Write it as 2026-12-31.") from error
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.authorize import authorize as grant
        from platewarden.server.people.models import Member
        from platewarden.server.people.rules import may_do

        one = Member.objects.filter(number=number.strip().upper()).first()
        if one is None:
            raise Malformed(f"There is no member {number[:12]}. Check the number.")
        member = signed_in(by)
        if refusal := may_do(member, Act.PEOPLE_AUTHORIZE, now()):
            raise Refused(refusal)
        grant(one, source, reason=reason, until_on=last_day, by=Signer(member.number, member.name))
    tell(f"{one} may see “{source}” until {last_day:%m/%d/%Y}. Cars learn of it by the next roster.")


@app.command()
def withdraw(
    number: Number,
    source: Annotated[str, typer.Argument(help="The confidential source, as the hot lists name it.")],
    by: By,
    data: Data = None,
) -> None:
    """Withdraw an authorization. Example: platewarden people withdraw 1042 "State gang file" --by 1001"""
    from platewarden.policy.refusal import Malformed, Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.authorize import withdraw as close
        from platewarden.server.people.models import Member
        from platewarden.server.people.rules import may_do

        one = Member.objects.filter(number=number.strip().upper()).first()
        if one is None:
            raise Malformed(f"There is no member {number[:12]}. Check the number.")
        member = signed_in(by)
        if refusal := may_do(member, Act.PEOPLE_WITHDRAW, now()):
            raise Refused(refusal)
        was_open = close(one, source, by=Signer(member.number, member.name))
    tell(f"“{source}” is closed to {one}." if was_open else f"{one} was not authorized for “{source}”.")


@app.command()
def train(
    number: Number,
    course: Annotated[str, typer.Argument(help="The course, as the department approved it.")],
    completed_on: Annotated[str, typer.Argument(help="The day it was completed, such as 2026-03-01.")],
    by: By,
    days: Annotated[int, typer.Option(help="How many days the training is valid.")] = 365,
    data: Data = None,
) -> None:
    """Enter a completed, department-approved training. Example: platewarden people train 1042 "ALPR operator" 2026-11-02 --by 1001"""
    from platewarden.policy.refusal import Malformed, Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    try:
        day = date.fromisoformat(completed_on)
    except ValueError as error:
        raise Malformed(f"“{completed_on[:20]}” is not a date. Write it as 2026-11-02.") from error
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.models import Member
        from platewarden.server.people.rules import may_do
        from platewarden.server.people.training import enter_completion

        trainee = Member.objects.filter(number=number.strip().upper()).first()
        if trainee is None:
            raise Malformed(f"There is no member {number[:12]}. Check the number.")
        member = signed_in(by)
        if refusal := may_do(member, Act.PEOPLE_TRAINING, now()):
            raise Refused(refusal)
        until = day + timedelta(days=days)
        enter_completion(trainee, course=course, completed_on=day, expires_on=until, by=Signer(member.number, member.name))
    tell(f"{trainee} is trained until {until:%m/%d/%Y}.")


@app.command()
def policy(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The text of the policy, as it was issued: plain text, UTF-8.")],
    in_force: Annotated[str, typer.Option("--in-force", help="Its first day, such as 2026-12-01.")],
    by: By,
    data: Data = None,
) -> None:
    """Enter the next text of the written policy, for every member to acknowledge.

    Example: platewarden people policy policy-427.txt --in-force 2026-12-01 --by 1001
    """
    from platewarden.policy.refusal import Malformed, Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    try:
        first_day, text = date.fromisoformat(in_force), file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(
            f"{file.name} cannot be read as a text ({error.__class__.__name__}). Check the path and the file."
        ) from error
    except ValueError as error:
        raise Malformed(f"“{in_force[:20]}” is not a date. Write it as 2026-12-01.") from error
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.policy_text import enter_text
        from platewarden.server.people.rules import may_do

        member = signed_in(by)
        if refusal := may_do(member, Act.PEOPLE_POLICY, now()):
            raise Refused(refusal)
        entered = enter_text(text, in_force_on=first_day, by=Signer(member.number, member.name))
    print(f"text {entered.number}  sha256 {entered.digest}")
    tell(f"In force from {first_day:%m/%d/%Y}. Members are asked to acknowledge it from their home page.")


@app.command()
def import_trainings(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, UTF-8: member, course, completed_on, expires_on.")],
    by: By,
    enter: Annotated[bool, typer.Option("--enter", help="Enter what is new. Without it, it is only shown.")] = False,
    data: Data = None,
) -> None:
    """Look at a file of completed trainings, and enter what is new in it: whole, or not at all.

    Example: platewarden people import-trainings trainings.csv --enter --by 1001
    """
    from platewarden.policy.refusal import Malformed, Refused
    from platewarden.server.config import ServerConfig
    from platewarden.server.serve import database_of

    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Malformed(f"{file.name} cannot be read ({error.__class__.__name__}). Check the path.") from error
    folder = data_folder(data)
    with database_of(ServerConfig.load(folder), say=tell):
        start_django(folder, "web")
        from platewarden.server.clock import now
        from platewarden.server.ledger.acts import Act
        from platewarden.server.ledger.write import Signer
        from platewarden.server.people.rules import may_do
        from platewarden.server.people.training_file import faults_of, plan_of, take_in

        member = signed_in(by)
        if refusal := may_do(member, Act.PEOPLE_TRAINING_FILE, now()):
            raise Refused(refusal)
        signer = Signer(member.number, member.name)
        plan = take_in(raw, by=signer) if enter else plan_of(raw, by=signer)
    if plan.wrong:
        raise Malformed(f"The file is refused whole: {len(plan.wrong)} of its lines are wrong.\n{faults_of(plan)}")
    for each in plan.new:
        print(f"{each.number}\t{each.member}\t{each.course}\t{each.completed_on}\t{each.expires_on}")
    tell(f"{len(plan.new)} {'entered' if enter else 'new'}, {plan.known} on file already.")
    if plan.new and not enter:
        tell("Nothing was entered. Add --enter to enter them.")
