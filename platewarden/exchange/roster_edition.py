"""Down: who may operate a unit, trained until when, with the verifier of each member's shift secret. Numbered and dated.

With it come the policy in force, as the department's file says it, and the deployment orders of fixed posts. After `valid_until`
nobody signs on with it: a car that never comes home doesn't keep a roster for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final

from platewarden.exchange.deployment_order import DeploymentOrder
from platewarden.exchange.message import Fields, Message, must
from platewarden.exchange.shift_secret import must_be_verifier
from platewarden.exchange.wire import Kind, encode_body, from_microseconds, microseconds

__all__ = ["Authorization", "RosterEdition", "RosterMember"]

_AT_MOST: Final = 50_000
_ORDERS_AT_MOST: Final = 5_000
_LONGEST_POLICY: Final = 200_000


@dataclass(frozen=True)
class Authorization:
    """A confidential source whose entries a member may see, and the last day of that."""

    source: str
    until: date

    def __post_init__(self) -> None:
        must(
            0 < len(self.source) <= 60 and self.source.isprintable(),
            "The name of a source in the roster has 1 to 60 printable characters. Correct it.",
        )


@dataclass(frozen=True)
class RosterMember:
    """A member who has a shift secret: duties, the last day of the training (None: not trained), confidential sources they may see."""

    number: str
    name: str
    duties: tuple[str, ...]
    trained_until: date | None
    verifier: bytes
    authorized: tuple[Authorization, ...] = ()

    def __post_init__(self) -> None:
        for text, most in ((self.number, 60), (self.name, 200), *((word, 60) for word in self.duties)):
            must(
                0 < len(text) <= most and text.isprintable(),
                "A number, name or duty in the roster is empty, too long, or not printable.",
            )
        must(
            len(self.duties) <= 100 and len(self.authorized) <= 100,
            "A member in the roster has more than 100 duties or authorizations. Send fewer.",
        )
        must_be_verifier(self.verifier)

    def sources_on(self, day: date) -> frozenset[str]:
        """The confidential sources that the member may see on this day."""
        return frozenset(each.source for each in self.authorized if day <= each.until)


@dataclass(frozen=True)
class RosterEdition(Message):
    """A numbered list of who may operate, and the edition of the policy in force with it: its number, and the file's own text."""

    kind: ClassVar[Kind] = Kind.ROSTER_EDITION

    number: int
    made_at: datetime
    valid_until: datetime
    policy_edition: int
    policy: str
    members: tuple[RosterMember, ...]
    orders: tuple[DeploymentOrder, ...] = ()

    def __post_init__(self) -> None:
        must(1 <= self.number <= 2**53, "The number of a roster edition is not 1 or more. Send it as it was signed.")
        must(0 <= self.policy_edition <= 2**53, "The number of a policy edition is not 0 or more. Send it as it was signed.")
        from_microseconds(microseconds(self.made_at))
        from_microseconds(microseconds(self.valid_until))
        must(self.made_at <= self.valid_until, "A roster edition is valid until before it was made. Make it anew.")
        must(0 < len(self.policy) <= _LONGEST_POLICY, "A roster carries no policy, or one that is too long. Make it anew.")
        must(len(self.members) <= _AT_MOST, f"A roster has at most {_AT_MOST} members. Send fewer.")
        must(len(self.orders) <= _ORDERS_AT_MOST, f"A roster has at most {_ORDERS_AT_MOST} deployment orders. Send fewer.")
        units = {each.unit_key_id for each in self.orders}
        must(len(units) == len(self.orders), "A roster has two deployment orders for one unit. Make it anew.")
        numbers = {each.number for each in self.members}
        must(len(numbers) == len(self.members), "A roster has two members of one number. Make it anew.")

    def order_of(self, unit_key_id: bytes) -> DeploymentOrder | None:
        """The order that this unit runs under, if there is one."""
        return next((each for each in self.orders if each.unit_key_id == unit_key_id), None)

    def to_body(self) -> bytes:
        return encode_body(
            {
                "number": self.number,
                "made_at": microseconds(self.made_at),
                "valid_until": microseconds(self.valid_until),
                "policy_edition": self.policy_edition,
                "policy": self.policy,
                "members": [
                    {
                        "number": each.number,
                        "name": each.name,
                        "duties": list(each.duties),
                        "trained_until": None if each.trained_until is None else each.trained_until.isoformat(),
                        "verifier": each.verifier,
                        "authorized": [{"source": one.source, "until": one.until.isoformat()} for one in each.authorized],
                    }
                    for each in self.members
                ],
                "orders": [each.to_map() for each in self.orders],
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> RosterEdition:
        fields = Fields.of(body, cls.kind)
        roster = cls(
            number=fields.integer("number"),
            made_at=fields.moment("made_at"),
            valid_until=fields.moment("valid_until"),
            policy_edition=fields.integer("policy_edition"),
            policy=fields.text("policy"),
            members=tuple(map(_member, fields.each("members", at_most=_AT_MOST))),
            orders=tuple(map(DeploymentOrder.taken, fields.each("orders", at_most=_ORDERS_AT_MOST))),
        )
        fields.done()
        return roster


def _member(fields: Fields) -> RosterMember:
    member = RosterMember(
        number=fields.text("number"),
        name=fields.text("name"),
        duties=fields.texts("duties", at_most=100),
        trained_until=fields.optional("trained_until", fields.day),
        verifier=fields.octets("verifier"),
        authorized=tuple(map(_authorization, fields.each("authorized", at_most=100))),
    )
    fields.done()
    return member


def _authorization(fields: Fields) -> Authorization:
    authorization = Authorization(source=fields.text("source"), until=fields.day("until"))
    fields.done()
    return authorization
