"""A deployment order: the paper under which a fixed post or a trailer runs with nobody at it. Signed, as a part of the roster.

It names the unit, the member who answers for it, the place, the purpose with its number, who ordered it, and the day by which it
is to be reviewed. An order that is withdrawn is not in the next roster.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from platewarden.exchange.message import Fields, must

__all__ = ["DeploymentOrder"]


@dataclass(frozen=True, kw_only=True)
class DeploymentOrder:
    """One order, as the office gave it."""

    number: int
    """The office's number of it."""

    unit_key_id: bytes
    """The unit it is for, 16 bytes; no other runs under it."""

    member: str
    """Number of the responsible member, who is on the roster and may operate."""

    place: str
    """Where the post stands, in words."""

    purpose: str
    """From the department's closed list."""

    reference: str
    """The number that the purpose asks for; empty where it asks for none."""

    ordered_by: str
    """Who ordered it: number and name."""

    ordered_on: date

    review_on: date
    """The last day on which the post runs without a new order."""

    def __post_init__(self) -> None:
        must(1 <= self.number <= 2**53, "The number of a deployment order is not 1 or more. Send it as it was signed.")
        must(len(self.unit_key_id) == 16, "A deployment order names no unit. Send it as it was signed.")
        for text, most in ((self.member, 60), (self.place, 200), (self.purpose, 60), (self.ordered_by, 200)):
            must(
                0 < len(text) <= most and text.isprintable(),
                "A text in a deployment order is empty, too long, or not printable. Make it anew.",
            )
        must(
            len(self.reference) <= 60 and self.reference.isprintable(),
            "The reference of a deployment order is too long or not printable. Make it anew.",
        )
        must(self.ordered_on <= self.review_on, "A deployment order is to be reviewed before it was given. Make it anew.")

    def to_map(self) -> dict[str, object]:
        return {
            "number": self.number,
            "unit_key_id": self.unit_key_id,
            "member": self.member,
            "place": self.place,
            "purpose": self.purpose,
            "reference": self.reference,
            "ordered_by": self.ordered_by,
            "ordered_on": self.ordered_on.isoformat(),
            "review_on": self.review_on.isoformat(),
        }

    @classmethod
    def taken(cls, fields: Fields) -> DeploymentOrder:
        """The order of a map of fields, each used once."""
        order = cls(
            number=fields.integer("number"),
            unit_key_id=fields.octets("unit_key_id"),
            member=fields.text("member"),
            place=fields.text("place"),
            purpose=fields.text("purpose"),
            reference=fields.text("reference"),
            ordered_by=fields.text("ordered_by"),
            ordered_on=fields.day("ordered_on"),
            review_on=fields.day("review_on"),
        )
        fields.done()
        return order
