"""When rows end: clocks that slices declare, holds that keep what an open case needs, and what was deleted."""

from server.kit.retention.clocks import Clock, Clocks, Hold, Holds, Kept, Step
from server.kit.retention.tallies import RetentionTally, note, take_tallies

__all__ = ["Clock", "Clocks", "Hold", "Holds", "Kept", "RetentionTally", "Step", "note", "take_tallies"]
