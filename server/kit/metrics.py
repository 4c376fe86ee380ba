"""What Prometheus may ask of this process. No label names a person, an account or a key.

Counters are moved where things happen, once an operation, a response or a commit. What is a state (sockets, queues,
due work) is not kept here, but looked up when it is asked for (server/scraping.py).
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
"""Memory, time and file descriptors of the process, where the system tells."""

requests = Counter(
    "postmeter_http_requests_total", "Answered HTTP requests.", ["method", "status"], registry=REGISTRY
)
request_seconds = Histogram(
    "postmeter_http_request_seconds",
    "Seconds from a request to the end of its answer; streams count until they end.",
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
operations = Counter(
    "postmeter_operations_total",
    "Executed GraphQL queries and mutations, and subscriptions that began.",
    ["kind"],
    registry=REGISTRY,
)
operation_cost = Histogram(
    "postmeter_operation_cost",
    "Points that an executed query or mutation did cost, and that a subscription may.",
    registry=REGISTRY,
    buckets=(1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000),
)
errors = Counter(
    "postmeter_errors_total", "Errors of GraphQL answers, by their code.", ["code"], registry=REGISTRY
)
refusals = Counter(
    "postmeter_refusals_total",
    "Operations and connections that were refused because their sender asks for too much.",
    ["what"],
    registry=REGISTRY,
)
connections_refused = refusals.labels("tcp_connection")
connections_over_limit = refusals.labels("connection")
operations_throttled = refusals.labels("operation")
delivery_seconds = Histogram(
    "postmeter_delivery_seconds",
    "Seconds from the wake-up of a live feed until its subscribers were handed what is new.",
    registry=REGISTRY,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
commits = Counter(
    "postmeter_commits_total", "Transactions that were committed in this process.", registry=REGISTRY
)
group_actions = Histogram(
    "postmeter_commit_actions",
    "Units of work that shared a commit.",
    registry=REGISTRY,
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)
write_wait_seconds = Histogram(
    "postmeter_write_wait_seconds",
    "Seconds that the oldest write of a commit waited: for its turn, or for a connection.",
    registry=REGISTRY,
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
