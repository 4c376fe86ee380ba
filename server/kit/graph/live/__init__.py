"""The live hub: one execution for all subscribers of the same thing, each sequence exactly once (DESIGN §4)."""

from server.kit.graph.live.hub import Live
from server.kit.graph.live.limits import Authority, LiveLimits
from server.kit.graph.live.timing import Timer

__all__ = ["Authority", "Live", "LiveLimits", "Timer"]
