"""Everything that can be written in the ledger: `room.act`, each with the sentence an auditor reads."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Act(StrEnum):
    """An act: its value stands in the ledger, `.sentence` explains it."""

    sentence: str

    def __new__(cls, name: str, sentence: str = "") -> Self:
        act = str.__new__(cls, name)
        act._value_ = name
        act.sentence = sentence
        return act

    PEOPLE_SETUP = "people.setup", "The department was set up with its first supervisor and second approver."
    PEOPLE_ENROL = "people.enrol", "A member was enrolled."
    PEOPLE_ASSIGN = "people.assign", "A duty was given to a member."
    PEOPLE_RELIEVE = "people.relieve", "A duty was taken from a member."
    PEOPLE_TRAINING = "people.training", "A completed training was entered for a member."
    PEOPLE_TRAINING_FILE = "people.training_file", "A file of completed trainings was entered whole, each under its own line."
    PEOPLE_AUTHORIZE = "people.authorize", "A member was authorized for a confidential source."
    PEOPLE_WITHDRAW = "people.withdraw", "A member's authorization for a confidential source was withdrawn."
    PEOPLE_UNLOCK = "people.unlock", "A member who was locked out was released."
    PEOPLE_LEAVE = "people.leave", "A member left: sign-in, sessions and cars are closed to them."
    PEOPLE_SHIFT_SECRET = "people.shift_secret", "A member was handed a new shift secret for cars, with its key."
    PEOPLE_POLICY = "people.policy", "A text of the written policy was entered, with its digest and its first day."
    PEOPLE_ACKNOWLEDGE = "people.acknowledge", "A member acknowledged a text of the written policy."
    PEOPLE_ROSTER = "people.roster", "A roster edition was made for the units."

    ACCESS_SIGN_IN = "access.sign_in", "A member signed in with password and second factor."
    ACCESS_SIGN_OUT = "access.sign_out", "A member signed out."
    ACCESS_FAILED = "access.failed", "A sign-in failed."
    ACCESS_LOCKED = "access.locked", "Sign-in was locked after five failures in fifteen minutes."
    ACCESS_SECOND_FACTOR = "access.second_factor", "A second factor was set up for a member."
    ACCESS_SECOND_FACTOR_REMOVED = "access.second_factor_removed", "A member removed a second factor of their own."
    ACCESS_ENDED = "access.ended", "A member's other sign-ins were ended, by themselves or by a manager."
    ACCESS_DORMANT = "access.dormant", "A member who did nothing for long was disabled."
    ACCESS_ENABLED = "access.enabled", "A member who was disabled for doing nothing may sign in again."
    ACCESS_RESET_ASKED = "access.reset_asked", "A member with that duty asked to reset a colleague's lost second factor."
    ACCESS_RESET_DECIDED = (
        "access.reset_decided",
        "A second member confirmed the reset of a lost second factor, which ended every sign-in, or refused it.",
    )
    ACCESS_PURPOSE = "access.purpose", "A member stated a purpose."
    ACCESS_TRIPPED = "access.tripped", "A look tripped a rule, and waits for somebody else to judge it."
    ACCESS_REVIEW = "access.review", "A member looked at what was asked in a look that tripped a rule."
    ACCESS_JUDGE = "access.judge", "A look that tripped a rule was judged."
    ACCESS_PROTECT = "access.protect", "A protected plate was put on the list that nobody can read, or taken off it."
    ACCESS_REFUSED = "access.refused", "The policy said no."

    EQUIPMENT_ASKED = "equipment.asked", "A unit asked to be enrolled."
    EQUIPMENT_APPROVED = "equipment.approved", "A unit was enrolled after its fingerprint was compared."
    EQUIPMENT_REFUSED = "equipment.refused", "A unit's request to be enrolled was refused."
    EQUIPMENT_REVOKED = "equipment.revoked", "A unit's enrolment was revoked."
    EQUIPMENT_DEPLOYED = "equipment.deployed", "A fixed post was given a deployment order."
    EQUIPMENT_DEPLOYMENT_ENDED = "equipment.deployment_ended", "A deployment order was withdrawn or replaced."
    EQUIPMENT_TOMBSTONE = (
        "equipment.tombstone",
        "A unit destroyed reads that were past retention and that it could not deliver.",
    )

    HOTLISTS_LOAD = "hotlists.load", "A list was loaded and is in force."
    HOTLISTS_BACK = "hotlists.back", "A member asked to put an earlier load of a list back in force."
    HOTLISTS_BACK_DECIDED = "hotlists.back_decided", "A second member decided on putting an earlier load back."
    HOTLISTS_LOAD_REFUSED = "hotlists.load_refused", "A list was refused whole; the one in force stays."
    HOTLISTS_SOURCE = (
        "hotlists.source",
        "It was said who owns a source, whether it is confidential, how its lists are laid out and how old they may be.",
    )
    HOTLISTS_SOURCE_ASKED = "hotlists.source_asked", "A member asked for a source to be described, for a second member to sign."
    HOTLISTS_SOURCE_DECIDED = "hotlists.source_decided", "A second member decided on the description of a source."
    HOTLISTS_EXCLUDE = "hotlists.exclude", "A file of a source's extract was excluded, or taken up again."
    HOTLISTS_BOLO = "hotlists.bolo", "A BOLO was entered and waits for the second member."
    HOTLISTS_BOLO_DECIDED = "hotlists.bolo_decided", "The second member decided on a BOLO."
    HOTLISTS_EXTEND = "hotlists.extend", "A second member gave a BOLO a later end."
    HOTLISTS_WITHDRAW = "hotlists.withdraw", "A BOLO was withdrawn before its end."
    HOTLISTS_BOLOS = "hotlists.bolos", "A member looked at the department's BOLOs."
    HOTLISTS_PUBLISH = "hotlists.publish", "A hotlist edition was made for the units."

    READS_SEARCH = "reads.search", "A member looked for the reads of one plate."
    READS_PATTERN = "reads.pattern", "A member looked for plates that answer a partial plate."
    READS_LOOK = "reads.look", "A member looked at one read and its pictures."
    READS_EXPORT = "reads.export", "A member took what a look had shown along as a file."
    READS_CORRECTED = "reads.corrected", "A reading was corrected, or its corrections were taken back; what the camera read stays."
    READS_TAMPERED = "reads.tampered", "A unit sent a report that contradicts an earlier one or its own signature."

    ALERTS_LOOK = "alerts.look", "A member was shown alerts."
    ALERTS_ACKNOWLEDGE = "alerts.acknowledge", "A member acknowledged an alert."
    ALERTS_VERIFY = "alerts.verify", "A member recorded a verification."
    ALERTS_ASK = "alerts.ask", "The state system was asked about an alert's plate and state: a disclosure to it."
    ALERTS_RETURNED = "alerts.returned", "A question to the state system was answered, or was not."
    ALERTS_DISPOSE = "alerts.dispose", "A member recorded what came of an alert."
    ALERTS_CORRECT = "alerts.correct", "A member opened a read to say what its plate reads, and it was matched again."
    ALERTS_REMATCHED = "alerts.rematched", "After a correction, alerts of the read were withdrawn, raised again, or raised."

    ALERTS_REVIEW = "alerts.review", "The supervisor reviewed an outcome that rests on no confirming return."
    ALERTS_RECONCILE = "alerts.reconcile", "Stops of the dispatch system were compared with alerts and what was recorded of them."
    ALERTS_REVIEW_FOUND = (
        "alerts.review_found",
        "The supervisor reviewed a stop that was not recorded as one, or a correction that withdrew an urgent alert.",
    )
    ALERTS_NOTE = "alerts.note", "The agency of a wrong entry was written a correction note, or needed none."
    ALERTS_NOTE_SENT = "alerts.note_sent", "A correction note went to the agency of its entry: a disclosure of that entry."
    ALERTS_NOTE_ACKNOWLEDGED = "alerts.note_acknowledged", "The agency of a wrong entry acknowledged a correction note."
    ALERTS_QUALITY = "alerts.quality", "A member looked at how often alerts were wrong."
    ALERTS_CAR_VERIFY = "alerts.car_verify", "A verification that a member made in a car came in."
    ALERTS_CAR_DISPOSE = "alerts.car_dispose", "What a member said in a car came of an alert came in."

    INVESTIGATIONS_OPEN = "investigations.open", "An incident was opened."
    INVESTIGATIONS_DECIDE = "investigations.decide", "It was decided whether a major incident is canvassed."
    INVESTIGATIONS_COUNT = "investigations.count", "A member counted the vehicles that were read around an incident."
    INVESTIGATIONS_CANVASS = "investigations.canvass", "A member was shown the vehicles that were read around an incident."
    INVESTIGATIONS_COSIGN_ASK = "investigations.cosign_ask", "A member asked a colleague to co-sign a wide search."
    INVESTIGATIONS_WEIGH = "investigations.weigh", "A member looked at what a wide search asks for, before co-signing it."
    INVESTIGATIONS_COSIGN = "investigations.cosign", "A colleague co-signed a wide search, or refused to."
    INVESTIGATIONS_WATCH = "investigations.watch", "A partial plate is looked for until its incident is closed."
    INVESTIGATIONS_CLOSE = "investigations.close", "An incident was closed, and its watches ended."
    INVESTIGATIONS_TASK = "investigations.task", "A unit was asked to drive the area of an incident until a stated time."
    INVESTIGATIONS_TASK_WITHDRAWN = "investigations.task_withdrawn", "A unit is no longer asked to drive the area of an incident."
    INVESTIGATIONS_TASK_ANSWERED = "investigations.task_answered", "What a crew said to a canvass task came in."
    INVESTIGATIONS_COVERAGE = "investigations.coverage", "A member was shown where units drove for a canvass."
    INVESTIGATIONS_TRACKS_ENDED = "investigations.tracks_ended", "A day's tracks of canvasses ended on schedule."

    RETENTION_SCOPE = "retention.scope", "A member asked for a hold, and what it names was counted."
    RETENTION_HOLD = "retention.hold", "A hold was placed: what it names is spared from the purge."
    RETENTION_LOOK = "retention.look", "A member looked at what a hold names."
    RETENTION_REVIEW = "retention.review", "A hold was looked at again, and stands."
    RETENTION_RELEASE = "retention.release", "A hold was released."
    RETENTION_BOOKED = (
        "retention.booked",
        "What a hold named was booked into evidence; where the policy says so, that ended the hold.",
    )
    RETENTION_SCHEDULE = "retention.schedule", "A member asked for another retention schedule."
    RETENTION_SCHEDULE_DECIDED = "retention.schedule_decided", "A second member decided on a retention schedule."
    RETENTION_CLOCK = "retention.clock", "A member confirmed the date after the server's clock jumped or stood."
    RETENTION_PURGE = "retention.purge", "A day of a kind of data was purged, except what is under a hold."
    RETENTION_REPLAY = "retention.replay", "After a restore, a day that a certificate names was purged again."
    RETENTION_CERTIFY = "retention.certify", "A purge ended, and its certificate was signed."

    EVIDENCE_PACKAGE = "evidence.package", "A member was given held reads, to write them onto a portable medium."
    EVIDENCE_WRITTEN = "evidence.written", "A package was written onto a medium and read back from it."
    EVIDENCE_PASSPHRASE = "evidence.passphrase", "A member was shown the passphrase of a package."
    EVIDENCE_BOOK = "evidence.book", "A package was booked into evidence."
    EVIDENCE_TRANSFER = "evidence.transfer", "Custody of a booked medium went to another hand."
    EVIDENCE_RETURN = "evidence.return", "A booked medium was returned, and left the department's evidence."
    EVIDENCE_DESTROY = "evidence.destroy", "A booked medium was destroyed, and with it the key of its package."

    RELEASE_RECEIVE = "release.receive", "A written request of another agency was taken in, with its letter."
    RELEASE_REFER = "release.refer", "A request was referred to Records, and closed."
    RELEASE_DECIDE = "release.decide", "The supervisor or designee approved a request, in whole or for less, or denied it."
    RELEASE_LOOK = "release.look", "A member was shown what a request asks for, or its letter."
    RELEASE_NAME = "release.name", "The supervisor or designee named the reads that an approval covers, and they were counted."
    RELEASE_GRANT = "release.grant", "The reads that an approval covers were fixed: those and no others go out."
    RELEASE_FULFIL = "release.fulfil", "A member was given the reads of an approved request, to seal them to the agency's key."
    RELEASE_SEALED = "release.sealed", "The package of an approved request was sealed to the agency's key."
    COMPLAINTS_RECEIVE = "complaints.receive", "A complaint was taken in."
    COMPLAINTS_LINK = "complaints.link", "What a complaint belongs to was added: members, alert, look, finding or hold."
    COMPLAINTS_DECIDE = "complaints.decide", "A complaint was decided and answered."
    COMPLAINTS_LOOK = "complaints.look", "A member was shown what a complaint says, its letter or its answer."
    RELEASE_HAND_OVER = "release.hand_over", "A sealed package was handed over, with its receipt."

    AUDITS_OPEN = "audits.open", "An audit was due, and opened itself."
    AUDITS_DRAW = "audits.draw", "The sample of an audit was drawn by the seed of a signed checkpoint."
    AUDITS_LOOK = "audits.look", "An auditor was shown what a drawn look had asked for."
    AUDITS_JUDGE = "audits.judge", "An auditor judged a drawn look."
    AUDITS_ANSWER = "audits.answer", "A member answered what an audit found about their look."
    AUDITS_CLOSE = "audits.close", "An auditor closed a finding."
    AUDITS_SIGN = "audits.sign", "An audit was signed off by somebody who is not in its sample."
    AUDITS_PLAN = "audits.plan", "A member asked for another plan of the audits."
    AUDITS_PLAN_DECIDED = "audits.plan_decided", "A second member decided on the plan of the audits."
    PROOF_DAY = "proof.day", "Every clause of the policy was checked, and it was kept how each stood that day."
    PROOF_SHARING = "proof.sharing", "It was stated and signed for a day with whom data are shared."
    PROOF_YEAR = "proof.year", "What the public is told of a year was fixed, small counts left out."

    UNIT_SIGN_ON = "unit.sign_on", "A member signed on to a unit."
    UNIT_SIGN_OFF = "unit.sign_off", "A member signed off from a unit."
    UNIT_REFUSED = "unit.refused", "A sign-on to a unit was refused."
    UNIT_ALERT_SHOWN = "unit.alert_shown", "An alert was shown on a mobile workstation."
    UNIT_ALERT_ACKNOWLEDGED = "unit.alert_acknowledged", "An alert was acknowledged on a mobile workstation."
    UNIT_ALERT_OPENED = "unit.alert_opened", "An alert was opened on a mobile workstation."
    UNIT_ALERT_COPIED = "unit.alert_copied", "The plate of an alert was copied on a mobile workstation."
    UNIT_PICTURE_OPENED = "unit.picture_opened", "A picture of an alert was opened on a mobile workstation."
    UNIT_HISTORY_OPENED = "unit.history_opened", "The alerts of a shift were looked at on a mobile workstation."
    UNIT_QUERY_MADE = "unit.query_made", "A plate was looked for in the local hotlist of a mobile workstation."
    UNIT_VOICE_ENTERED = "unit.voice_entered", "A BOLO by voice of dispatch was entered on a mobile workstation."
    UNIT_TYPED = "unit.typed", "A plate that a member typed on a mobile workstation came in, as a query or a BOLO by voice."
    UNIT_MEDIUM = "unit.medium", "A member took in what units wrote onto a portable medium."
    UNIT_JOINED = "unit.joined", "A second member signed on beside the first."
    UNIT_JOIN_REFUSED = "unit.join_refused", "A second member was refused beside the first."
    UNIT_LEFT = "unit.left", "A second member signed off."
    UNIT_ENDED = (
        "unit.ended",
        "A unit ended a member's shift: by a newer roster they may not operate it, or its order was withdrawn.",
    )
    UNIT_TOUCHED = "unit.touched", "The other member of a shift took over the mobile workstation."
    UNIT_LOCKED = "unit.locked", "A mobile workstation was locked."
    UNIT_UNLOCKED = "unit.unlocked", "A mobile workstation was unlocked."
    UNIT_UNLOCK_REFUSED = "unit.unlock_refused", "Unlocking a mobile workstation was refused."
    UNIT_DEPLOYED = "unit.deployed", "A fixed post began to run under its deployment order."
    UNIT_DEPLOYMENT_REFUSED = "unit.deployment_refused", "A deployment order was refused on a fixed post."
    UNIT_LAPTOP_PAIRED = "unit.laptop_paired", "A member paired a patrol laptop with a unit."
    UNIT_LAPTOP_PAIR_REFUSED = "unit.laptop_pair_refused", "Pairing a patrol laptop with a unit was refused."
    UNIT_LAPTOP_UNPAIRED = "unit.laptop_unpaired", "The pairing of a patrol laptop with a unit ended."
    UNIT_LAPTOP_REFUSED = (
        "unit.laptop_refused",
        "A unit turned away what came over the car's network without the paired certificate.",
    )
