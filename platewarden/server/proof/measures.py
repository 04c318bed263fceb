"""What keeps each clause, and what shows that it is kept: mechanisms by name, measurements over records.

A mechanism is a function, trigger, constraint or right of the database, a job of the worker, or a row that must stand. One that no
clause names belongs to the clause on safeguards: the whole database is compared, and nothing of it is nobody's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from platewarden.policy.clauses import Clause


@dataclass(frozen=True)
class Measure:
    """A count over records. `name` is the database's; `sentence` says what a record that counts well is; `todo` what to do about others."""

    name: str
    sentence: str
    todo: str


M = Measure
MEASURES: dict[Clause, tuple[Measure, ...]] = {
    Clause.OFFICIAL_USE_ONLY: (
        M("looks_of_members", "looks by a member of the department", "Find out who looked; close that sign-in."),
    ),
    Clause.PRIVACY_RECOGNIZED: (
        M("scene_goes_first", "policy editions that end the picture of the scene first", "Have the schedule changed by two members."),
        M("pictures_purged", "days of pictures within their schedule", "Run `platewarden retention purge`, and see why the night round did not."),
        M("years_as_said", "years told to the public as the ledger has them", "Find out who changed it past the program, and tell the supervisor."),
    ),
    Clause.LISTED_PURPOSES: (
        M("bolos_by_two", "BOLOs approved by a second member", "Withdraw it, and enter it again with two members."),
        M("bolos_end", "BOLOs that end in time", "Withdraw it, or have it extended by a second member."),
        M("lists_loaded", "lists whose loading is in the ledger", "Load the list again from its source."),
        M("lists_back_by_two", "earlier lists put back by two members", "Load the list again from its source."),
        M("bolos_as_said", "approved BOLOs entered and approved on the record, with their end", "Withdraw it, and enter it again with two members."),
    ),
    Clause.SUPERVISOR_MANAGES: (
        M("units_enrolled", "units enrolled by supervisor, designee or custodian", "Revoke the unit and enrol it again."),
        M("units_closed", "revoked units not heard since", "Ask why the unit's door heard it; look at the ledger."),
        M("posts_ordered", "deployment orders by supervisor or designee", "Withdraw the order, or have it given again."),
        M("units_as_said", "units enrolled or revoked as the ledger says", "Revoke the unit and enrol it again."),
        M("orders_as_said", "deployment orders as the ledger has them", "Withdraw the order, and have it given again."),
    ),
    Clause.ASSIGNED_MEMBERS: (
        M("duties_given", "duties given on the record", "Take the duty away, and have the supervisor give it."),
        M("looks_assigned", "looks with an assigned member at that moment", "Ask the member and the supervisor; take the duty up with both."),
        M("members_enrolled", "members enrolled on the record, none active after leaving", "Have the member leave; find out who let them in."),
        M("duties_as_said", "duties given by the supervisor, and standing or ended, as the ledger says", "Take the duty away, and have the supervisor give it."),
        M("auditors_apart", "auditors who never looked up plates while they audited", "Take one of the two duties; have their audits done again by another."),
    ),
    Clause.NO_UNAUTHORIZED_PURPOSE: (
        M("looks_for_a_purpose", "looks for one of the department's purposes", "Ask the member what the look was for."),
        M("complaints_decided", "complaints decided in time, by nobody whom they are about or who took them in", "Decide on the complaint's page."),
        M("complaints_on_file", "complaints of the ledger on file with what they say", "Bring the file back from a backup."),
    ),
    Clause.LAW_ENFORCEMENT_BUSINESS: (
        M("shifts_for_a_purpose", "sign-ons to units for one of the department's purposes", "Ask the member what the shift was for."),
    ),
    Clause.PATROL_AND_INVESTIGATION: (
        M("looks_with_shift", "looks on patrol with a shift as the department writes it", "Ask the member for the shift."),
    ),
    Clause.CANVASS: (
        M("canvass_decided", "major incidents with a decision on a canvass", "Decide on the incident's page."),
        M("incidents_as_said", "incidents on file as they were opened and decided", "Find out who changed it past the program, and tell the supervisor."),
    ),
    Clause.PARTIAL_PLATES: (
        M("partials_entered", "reported partial plates entered in time", "Enter it as a watch on the incident's page."),
    ),
    Clause.TRAINING_BEFORE_USE: (
        M("looks_trained", "looks with a trained member on the day", "Take the member's duty away until trained; review the look."),
        M("shifts_trained", "sign-ons to units by a member trained on the day", "Take the member's duty away until trained."),
        M("trainings_as_said", "trainings entered on the record by a manager, with their dates", "Have the training entered again from its certificate."),
        M("training_in_time", "trained members with training in the ledger, not about to end", "Enter the next completed training in time."),
    ),
    Clause.CONFIDENTIAL_DATA: (
        M("authorizations_given", "authorizations given on the record", "Withdraw it, and have it given by supervisor or designee."),
        M("confidential_alerts", "acts on confidential alerts by an authorized member", "Ask how the member saw it; tell the source's owner."),
        M("authorizations_as_said", "authorizations given by a manager, and standing, as the ledger says", "Withdraw it, and have it given by supervisor or designee."),
        M("sources_described", "sources of lists with an owner, and described as the ledger says", "Describe the source again: `platewarden hotlist source`."),
    ),
    Clause.VERIFY_BEFORE_ENFORCEMENT: (
        M("enforcement_verified", "enforcement outcomes verified first, or with their reason under review", "Review the stop with the officer."),
        M("outcomes_reviewed", "outcomes without a confirming return reviewed by somebody else within a week", "Review it on the page of outcomes to review."),
        M("outcomes_as_said", "verifications and outcomes as the ledger says", "Review the stop with the officer; find out who changed it."),
    ),
    Clause.TRANSFER_TO_STORAGE: (
        M("units_in_time", "units whose reads came within the deadline", "Bring the unit to the office, or carry its reads by hand."),
        M("units_consistent", "units that never contradicted themselves", "Take the unit out of service and look it over."),
    ),
    Clause.RETENTION_SCHEDULE: (
        M("editions_by_two", "policy editions signed on the record by two", "Have the schedule that should stand signed by two members."),
        M("schedules_as_written", "rows of schedules as their edition says", "Have the schedule that should stand signed by two members."),
        M("editions_as_said", "policy editions with the text, or the change, that the ledger names", "Have the schedule that should stand signed by two members."),
        M("kept_long_enough", "purged days kept as long as the schedule said", "Restore them from a backup, and find out why."),
        M("contents_kept", "days of lines with what each said, until their schedule", "Restore them from a backup, and find out why."),
    ),
    Clause.PURGE: (
        M("days_purged", "days of data within their schedule", "Run `platewarden retention purge`, and see why the night round did not."),
        M("purges_certified", "purges ended with a certificate", "Run `platewarden retention purge`: one that was cut goes on."),
        M("purges_in_ledger", "purged days in the ledger", "Tell the supervisor: something was purged or changed past the ledger."),
        M("purges_as_said", "purges, ended days and certificates as the ledger says", "Tell the supervisor: something was purged or changed past the ledger."),
        M("held_for_a_hold", "days of held reads that a standing hold still names", "Run `platewarden retention purge`, and see why the night round did not."),
    ),
    Clause.HOLD: (
        M("holds_placed", "holds in the ledger that still name what they spare", "Place the hold again, today."),
        M("holds_reviewed", "standing holds looked at again in time", "Look at the hold again on its page."),
        M("holds_ended_by_another", "ended holds released by another, or booked", "Place the hold again until this is found out."),
        M("holds_as_said", "holds with ground, authority, review and deadline as the ledger says", "Place the hold again, today."),
    ),
    Clause.BOOKED_EVIDENCE: (
        M("holds_booked", "standing holds booked within their deadline", "Write the package and book it: `platewarden evidence package`."),
        M("packages_booked", "packages whose booking is in the ledger", "Book the medium, or destroy it."),
        M("bookings_as_said", "bookings as the ledger says", "Find out who changed it past the program, and tell the supervisor."),
    ),
    Clause.ACCESS_DOCUMENTED: (
        M("looks_in_ledger", "looks with their line in the ledger", "Stop, and tell the supervisor: the ledger was changed."),
        M("lines_of_looks", "ledger lines of looks with their record of access", "Stop, and tell the supervisor: records were changed."),
        M("looks_as_opened", "looks whose record and question are what the ledger says", "Stop, and tell the supervisor: records were changed."),
    ),
    Clause.LEGITIMATE_PURPOSE: (
        M("looks_with_case", "looks with a case or action as the department writes it", "Ask the member for the case."),
        M("tripped_judged", "tripped looks judged by somebody else within a week", "Judge it on the page of tripped looks."),
        M("tripped_as_said", "tripped looks and their judgements as the ledger says", "Stop, and tell the supervisor: records were changed."),
        M("policy_texts", "texts of the written policy as the ledger has them", "Tell the supervisor: the text was changed past the ledger."),
        M("policy_acknowledged", "members who acknowledged the policy in force, or still have time to", "Have the member read and acknowledge it."),
        M("texts_on_file", "texts of the ledger on file", "Bring the text back from a backup."),
        M("cosigned_by_another", "wide searches co-signed by a colleague", "Review the search with both members."),
        M("cosigns_as_said", "wide searches asked for and signed as the ledger says", "Review the search with both members."),
    ),
    Clause.AUDITS: (
        M("audits_in_time", "audits opened when due and signed off in time", "Judge what is left of it, and have an auditor sign it off."),
        M("audits_as_drawn", "audits of the ledger with the very sample that was drawn", "Stop, and tell the supervisor: an audit was changed."),
        M("audits_signed_by_another", "signed audits judged whole, and signed by an auditor outside the sample", "Have the audit done again by another auditor."),
        M("sheets_judged_by_another", "judged looks as the ledger says, by an auditor who did not make them", "Have another auditor look at it again."),
        M("findings_answered", "findings answered in time", "Remind the member, on the audit's page."),
    ),
    Clause.RELEASE_TO_AGENCIES: (
        M("releases_to_agencies", "approved requests of law enforcement or prosecutors, or with the instrument by which a law permits them", "Recall what was released; tell the supervisor."),
        M("sharing_stated", "days checked with their signed statement of with whom data are shared", "Find out who changed it; state it again from the worker."),
        M("releases_as_named", "releases of the very file that was sealed, with the reads that were named", "Ask the agency for the file; tell the supervisor."),
    ),
    Clause.WRITTEN_REQUEST: (
        M("requests_written", "requests with agency, person, purpose and their very letter", "Ask the agency for its letter again."),
        M("requests_as_received", "requests with what the ledger says came in", "Ask the agency for its letter again."),
    ),
    Clause.RELEASE_REVIEWED: (
        M("requests_reviewed", "decided requests reviewed by supervisor or designee, another than took it in", "Have it reviewed again."),
        M("decisions_as_said", "requests decided, or waiting, as the ledger says", "Have it reviewed again."),
        M("reads_named", "approvals whose reads supervisor or designee named, another than took the request in", "Have the request reviewed again."),
        M("requests_answered", "requests answered in time", "Decide on the request's page."),
    ),
    Clause.RELEASE_ON_FILE: (
        M("requests_on_file", "requests of the ledger on file with their letter", "Bring the file back from a backup."),
        M("receipts_on_file", "releases of the ledger with their receipt", "Bring the receipt back from a backup."),
    ),
    Clause.SAFEGUARDED: (
        M("days_as_said", "tables kept for a day as the ledger names them", "Find out who changed it past the program, and tell the supervisor."),
    ),
    Clause.REFERRED_TO_RECORDS: (
        M("others_referred", "requests of others referred to Records, or with such an instrument", "Refer it with a letter; place the hold that it asks for."),
        M("referrals_as_said", "referred requests that stay referred", "Refer it with a letter; tell the supervisor."),
    ),
}  # fmt: skip

# The first pattern that fits says whose the part is.
_WHOSE: tuple[tuple[str, Clause], ...] = (
    (r"complain|any_manages", Clause.NO_UNAUTHORIZED_PURPOSE),
    (r"audits_|audited_|_audit\b|_sheet\b|audit_plan|looks_weighed|lot_of", Clause.AUDITS),
    (r"release_only_to_agencies", Clause.RELEASE_TO_AGENCIES),
    (r"written_request_|receive_release", Clause.WRITTEN_REQUEST),
    (r"release_reviewed_|decide_release|name_release|release_releasegrant|release_has_duty", Clause.RELEASE_REVIEWED),
    (r"lawful_action_holds", Clause.REFERRED_TO_RECORDS),
    (r"release_reads|release_sealed|release_releasepackage|proof_sharing|strange_logins", Clause.RELEASE_TO_AGENCIES),
    (r"public_counts|proof_yeartold", Clause.PRIVACY_RECOGNIZED),
    (r"release_paper|release_releaserequest|release_releasereceipt|hand_over_release", Clause.RELEASE_ON_FILE),
    (
        r"acknowledge|policytext|policy_texts|tripped|looked_at|\.trip\(|\.trip$|\.feel|looks_unjudged|cosign|reserved_act",
        Clause.LEGITIMATE_PURPOSE,
    ),
    (r"ledger_|open_access|access_record|access_shown|signed_in|refuse_change", Clause.ACCESS_DOCUMENTED),
    (r"pass_gate|reads_by_plate|plates_by_pattern|read_by_id|note_shown|access_terms", Clause.OFFICIAL_USE_ONLY),
    (r"evidence|note_booked|package_|an_item_number|custody_", Clause.BOOKED_EVIDENCE),
    (r"hold|in_scope|scoped|named_by|standing_scopes|is_held|_held", Clause.HOLD),
    (r"schedule|days_of|due_at", Clause.RETENTION_SCHEDULE),
    (r"keep_no_samples|kind_of|gone", Clause.PRIVACY_RECOGNIZED),
    (r"end_day|drop_day|end_again|end_released|days_due|days_kept|purge|chunk|certificate|clock", Clause.PURGE),
    (r"received|ensure_span|make_span|plates\.reads insert|plate_seen insert", Clause.TRANSFER_TO_STORAGE),
    (r"alerts_verification|alerts_disposition|review_disposition|caroutcome|car_outcome", Clause.VERIFY_BEFORE_ENFORCEMENT),
    (r"may_see_source|authorization|alert_cards", Clause.CONFIDENTIAL_DATA),
    (r"completion|training", Clause.TRAINING_BEFORE_USE),
    (r"canvass", Clause.CANVASS),
    (r"investigations_watch", Clause.PARTIAL_PLATES),
    (r"bolo|back|load|propose|edition_", Clause.LISTED_PURPOSES),
    (r"assignment|one_supervisor|has_duty|person_of", Clause.ASSIGNED_MEMBERS),
    (r"equipment_", Clause.SUPERVISOR_MANAGES),
)

# Which clause a job of the worker keeps, and after how many seconds of silence it is broken.
JOBS: dict[str, tuple[Clause, float]] = {
    "ledger.seal": (Clause.ACCESS_DOCUMENTED, 120.0),
    "days.open": (Clause.TRANSFER_TO_STORAGE, 2 * 3600.0),
    "people.roster": (Clause.TRAINING_BEFORE_USE, 120.0),
    "hotlists.publish": (Clause.LISTED_PURPOSES, 600.0),
    "hotlists.files": (Clause.PURGE, 1800.0),
    "hotlists.inbox": (Clause.LISTED_PURPOSES, 900.0),
    "audits.step": (Clause.AUDITS, 600.0),
    "access.dormant": (Clause.ASSIGNED_MEMBERS, 2 * 3600.0),
    "access.sign_ins": (Clause.SAFEGUARDED, 2 * 3600.0),
    "investigations.tracks": (Clause.PURGE, 3600.0),
    "investigations.places": (Clause.PURGE, 3600.0),
    "reads.gather": (Clause.PARTIAL_PLATES, 3600.0),
    "retention.clock": (Clause.PURGE, 300.0),
    "retention.night": (Clause.PURGE, 300.0),
    "proof.sharing": (Clause.RELEASE_TO_AGENCIES, 300.0),
    "proof.day": (Clause.SAFEGUARDED, 300.0),
}


def whose(part: str) -> Clause:
    """The clause that a part of the database keeps. Of a right it is what it is about that counts, not whose it is."""
    about = part.rpartition(" ")[0] if part.startswith("right ") else part
    return next((clause for pattern, clause in _WHOSE if re.search(pattern, about)), Clause.SAFEGUARDED)
