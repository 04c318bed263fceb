"""Every rule of the department's ALPR policy under a stable name of ours, in our words.

The department's number for a rule, and its own wording, are data (`department.py`): the same text is policy 427 here
and 426 or 463 elsewhere. Names never change; they stand in the ledger and in tests.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

__all__ = ["Clause"]


class Clause(StrEnum):
    """A rule: its value is the stable name, `.sentence` says it in one sentence."""

    sentence: str

    def __new__(cls, name: str, sentence: str = "") -> Self:
        clause = str.__new__(cls, name)
        clause._value_ = name
        clause.sentence = sentence
        return clause

    # One clause, one line: read like the policy's own list.
    # fmt: off
    OFFICIAL_USE_ONLY = "official-use-only", "Plate data and pictures are for official use of the department, and not open to public review."
    PRIVACY_RECOGNIZED = "privacy-recognized", "Capture and storage recognize the established privacy rights of the public."
    LISTED_PURPOSES = "listed-purposes", "Plates are converted for the listed official purposes, such as stolen vehicles and missing persons."
    SUPERVISOR_MANAGES = "supervisor-manages", "Installation, maintenance, retention and access are managed by the Administrative Supervisor."
    ASSIGNED_MEMBERS = "assigned-members", "Day-to-day operation is administered by members whom the supervisor assigned."
    NO_UNAUTHORIZED_PURPOSE = "no-unauthorized-purpose", "Nobody uses, or lets others use, equipment or records for an unauthorized purpose."
    LAW_ENFORCEMENT_BUSINESS = "law-enforcement-business", "An ALPR is used only for official law enforcement business."
    PATROL_AND_INVESTIGATION = "patrol-and-investigation", "An ALPR may be used on any routine patrol or criminal investigation; suspicion is not required."
    CANVASS = "canvass", "Scenes of homicides, shootings and other major incidents are considered for a canvass by ALPR vehicles."
    PARTIAL_PLATES = "partial-plates", "Partial plates reported in major crimes are entered to identify suspect vehicles."
    TRAINING_BEFORE_USE = "training-before-use", "Nobody operates ALPR equipment or looks at ALPR data without completed department-approved training."
    CONFIDENTIAL_DATA = "confidential-data", "Confidential department, state or federal data is open only to members authorized for it."
    VERIFY_BEFORE_ENFORCEMENT = "verify-before-enforcement", "If practicable, an alert is verified with the official database before enforcement based on it alone."
    TRANSFER_TO_STORAGE = "transfer-to-storage", "Data goes from vehicles to the designated storage by the department's procedure."
    RETENTION_SCHEDULE = "retention-schedule", "Stored data is kept as long as the established schedule says."
    PURGE = "purge", "After that the data is purged."
    HOLD = "hold", "Data that is or may become evidence, or is subject to discovery or lawful action, is spared from the purge."
    BOOKED_EVIDENCE = "booked-evidence", "Spared data is downloaded onto portable media and booked into evidence."
    SAFEGUARDED = "safeguarded", "All data is protected by procedural and technological means."
    ACCESS_DOCUMENTED = "access-documented", "Data is reached only through a password-protected login that documents every access by name, date and time."
    LEGITIMATE_PURPOSE = "legitimate-purpose", "Members look at data for legitimate purposes only, such as a specific case or action."
    AUDITS = "audits", "The system is audited on a regular basis."
    RELEASE_TO_AGENCIES = "release-to-agencies", "Data is shared only with law enforcement or prosecutorial agencies, or as otherwise permitted by law."
    WRITTEN_REQUEST = "written-request", "A release is asked for in writing: agency, person, intended purpose."
    RELEASE_REVIEWED = "release-reviewed", "The supervisor or designee reviews and approves the request before it is fulfilled."
    RELEASE_ON_FILE = "release-on-file", "The approved request is retained on file."
    REFERRED_TO_RECORDS = "referred-to-records", "Other requests are processed under the Records Maintenance and Release Policy."
    # fmt: on
