"""The enumerations of due work, each value with its meaning. Their names are those of kit/due."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="DueState", description="How due work stands; each is in exactly one state.")
class DueStateEnum(Enum):
    FAILING = strawberry.enum_value(
        "FAILING", description="Its last attempt failed; it is tried again at `dueAt`."
    )
    PAUSED = strawberry.enum_value("PAUSED", description="Force majeure holds it up.")
    LATE = strawberry.enum_value("LATE", description="It has been due for more than five minutes.")
    DUE = strawberry.enum_value("DUE", description="It is due, and soon done.")
    SCHEDULED = strawberry.enum_value("SCHEDULED", description="It is not due yet.")


@strawberry.enum(name="StaffQueue", description="What waits for the company's own people.")
class StaffQueueEnum(Enum):
    PRIVACY_REQUESTS = strawberry.enum_value("PRIVACY_REQUESTS", description="`privacyRequests`.")
    COMPLAINTS = strawberry.enum_value("COMPLAINTS", description="`complaints`.")
    SENDER_REVIEWS = strawberry.enum_value("SENDER_REVIEWS", description="`senderReviews`.")


@strawberry.enum(name="Timer", description="What a kind of due work follows from.")
class TimerEnum(Enum):
    CONTRACTUAL = strawberry.enum_value(
        "CONTRACTUAL", description="A term of the contract; force majeure pauses it."
    )
    STATUTORY = strawberry.enum_value("STATUTORY", description="A term of a law; nothing pauses it.")
    OPERATIONAL = strawberry.enum_value("OPERATIONAL", description="No term: the server's own work.")
