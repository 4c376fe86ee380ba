"""The policy in the API: read it, its versions and registers, consent, and for the staff, prove it."""

from collections.abc import Mapping

import strawberry

from server.kit.graph.node import NodeLoader
from server.policy.graph.api_changes import ApiChangeQueries
from server.policy.graph.compliance import ComplianceMutations, ComplianceQueries
from server.policy.graph.consents import EXTENSIONS, ConsentMutations
from server.policy.graph.counting import CountingQueries
from server.policy.graph.disclosures import DisclosureMutations
from server.policy.graph.processors import ProcessorMutations
from server.policy.graph.published import PublishedQueries
from server.policy.graph.registers import RegisterQueries

__all__ = ["EXTENSIONS", "NODES", "PolicyMutations", "PolicyQueries"]

NODES: Mapping[str, NodeLoader] = {}
"""Entries of the registers are listed, and not looked up by id."""


@strawberry.type
class PolicyQueries(PublishedQueries, ApiChangeQueries, RegisterQueries, ComplianceQueries, CountingQueries):
    pass


@strawberry.type
class PolicyMutations(ConsentMutations, DisclosureMutations, ProcessorMutations, ComplianceMutations):
    pass
