"""The capacity model: sums that can be done by hand, and what must hold whatever the unit costs are."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.model import Bus, Ceilings, Demand, Infeasible, UnitCosts, bottlenecks, plan, slope

NOTHING = UnitCosts(**dict.fromkeys((each.name for each in fields(UnitCosts)), 0.0))
COSTS = replace(
    NOTHING,
    process_memory_bytes=100e6,
    socket_memory_bytes=30e3,
    execution_memory_bytes=20e3,
    ping_cpu_seconds=20e-6,
    look_cpu_seconds=1e-3,
    look_database_cpu_seconds=200e-6,
    wake_cpu_seconds=2e-3,
    wake_database_cpu_seconds=300e-6,
    delivery_cpu_seconds=20e-6,
    debit_cpu_seconds=2e-3,
    debit_database_cpu_seconds=1e-3,
    debit_wal_bytes=4_000.0,
    debit_storage_bytes=2_000.0,
    debit_messages=1.0,
    message_bytes=40.0,
    query_cpu_seconds=3e-3,
    query_database_cpu_seconds=2e-3,
    message_in_nats_cpu_seconds=5e-6,
    message_out_nats_cpu_seconds=5e-6,
    notify_cpu_seconds=50e-6,
    notify_listener_cpu_seconds=1e-6,
    hear_database_cpu_seconds=10e-6,
    hear_batch_cpu_seconds=20e-6,
    hear_topic_cpu_seconds=1e-6,
)
ROOM = Ceilings(database_cores=1e9, database_connections=1e9, wal_bytes_per_second=1e15, nats_cores=1e9)


def test_debits_alone_are_divided_by_what_a_core_may_do() -> None:
    costs = replace(NOTHING, debit_cpu_seconds=3e-3, debit_wal_bytes=4_000, debit_storage_bytes=1_000)
    found = plan(costs, Demand(0, 1_000, queries_per_second=0), Ceilings(), Bus.NATS)
    assert found.processes == 5  # 3 cores at 60 %
    assert found.cpu_share == pytest.approx(0.6)
    assert found.wal_bytes_per_second == 4e6
    assert found.storage_bytes_per_day == 86.4e9
    assert found.database_connections == 5 * 20


def test_sockets_alone_fill_memory_and_the_limits_of_a_process() -> None:
    costs = replace(NOTHING, process_memory_bytes=1e9, socket_memory_bytes=100e3, execution_memory_bytes=50e3)
    demand = Demand(100_000, 0, watchers_per_account=1, queries_per_second=0)
    found = plan(costs, demand, Ceilings(), Bus.NATS)
    assert found.processes_by == {
        "CPU": 1,
        "memory": 5,  # 15 GB in what is left of 4 GB each
        "file descriptors": 2,
        "limit of sockets": 5,
        "limit of executions": 10,
    }
    assert found.processes == 10
    assert found.memory_bytes == 10e9 + 15e9


def test_watchers_of_one_account_share_an_execution_where_they_meet() -> None:
    demand = Demand(30_000, 100, watchers_per_account=3, watched_share=1, queries_per_second=0)
    found = plan(NOTHING, demand, replace(ROOM, process_sockets=15_000), Bus.NATS)
    assert found.processes == 2
    assert found.executions == pytest.approx(10_000 * 2 * (1 - 1 / 8))
    assert found.deliveries_per_second == 300
    assert found.bus_messages_out_per_second == pytest.approx(100 * 2 * (1 - 1 / 8))


def test_on_the_bus_of_postgresql_every_process_hears_every_batch() -> None:
    costs = replace(NOTHING, debit_messages=1, debit_cpu_seconds=1.2e-3, hear_batch_cpu_seconds=1e-6)
    demand = Demand(0, 1_000, queries_per_second=0)
    found = plan(costs, demand, replace(ROOM, batch_seconds=0), Bus.POSTGRESQL)
    assert found.processes == 3  # the two that debits alone take would hear of the other's half as well
    assert found.bus_messages_out_per_second == 1_000 * 2
    assert found.hearing_share == pytest.approx(1_000 * 2 / 3 * 1e-6)
    assert found.database_connections == 3 * 21
    on_nats = plan(costs, demand, ROOM, Bus.NATS)
    assert (on_nats.processes, on_nats.bus_messages_out_per_second) == (2, 750)


def test_batches_put_together_what_comes_up_meanwhile() -> None:
    costs = replace(NOTHING, debit_messages=1)
    found = plan(costs, Demand(0, 1_800, queries_per_second=0), ROOM, Bus.POSTGRESQL)
    assert found.bus_messages_in_per_second == pytest.approx(180)  # 1,800 / (1 + 1,800 × 0.005)


def test_a_lock_that_one_commit_holds_at_a_time_ends_at_its_share() -> None:
    costs = replace(NOTHING, debit_messages=1, notify_cpu_seconds=100e-6)
    ceilings = replace(ROOM, batch_seconds=0)
    first = bottlenecks(costs, Demand(0, 1_000, queries_per_second=0), ceilings, Bus.POSTGRESQL)[0]
    assert first.resource == "lock of NOTIFY, share of time"
    assert first.factor == pytest.approx(6)
    assert "NATS" in first.step


def test_hearing_alone_can_be_more_than_any_number_of_processes_has() -> None:
    costs = replace(NOTHING, debit_messages=1, debit_cpu_seconds=1e-3, hear_topic_cpu_seconds=1e-3)
    with pytest.raises(Infeasible):
        plan(costs, Demand(0, 10_000), ROOM, Bus.POSTGRESQL)


@pytest.mark.parametrize("bus", Bus)
def test_the_first_bottleneck_changes_when_its_ceiling_is_raised(bus: Bus) -> None:
    demand = Demand(1_000_000, 10_000)
    ceilings = Ceilings(database_cores=16, database_connections=1e9)
    before = bottlenecks(COSTS, demand, ceilings, bus)
    assert before[0].resource == "PostgreSQL cores"
    assert before[0].factor < before[1].factor
    after = bottlenecks(COSTS, demand, replace(ceilings, database_cores=1e9), bus)
    assert after[0].resource == before[1].resource
    assert after[0].factor == pytest.approx(before[1].factor)


@pytest.mark.parametrize("bus", Bus)
def test_a_ceiling_is_met_at_the_factor_that_is_named(bus: Bus) -> None:
    demand, ceilings = Demand(100_000, 2_000), Ceilings()
    named = {each.resource: each for each in bottlenecks(COSTS, demand, ceilings, bus)}
    cores = named["PostgreSQL cores"]
    at = plan(COSTS, demand.times(cores.factor), ceilings, bus).database_cores
    assert at == pytest.approx(cores.ceiling, rel=0.05)
    assert plan(COSTS, demand.times(cores.factor * 1.1), ceilings, bus).database_cores > cores.ceiling


def test_what_nobody_uses_never_gives_out() -> None:
    found = bottlenecks(NOTHING, Demand(1, 1), replace(ROOM, process_sockets=1e12), Bus.NATS)
    assert {each.resource for each in found if math.isinf(each.factor)} >= {"NATS cores", "PostgreSQL cores"}


_few = st.integers(1, 2_000_000)


@given(
    few=_few, many=_few, debits=st.integers(0, 10_000), watchers=st.integers(1, 5), bus=st.sampled_from(Bus)
)
@settings(max_examples=50, deadline=None)
def test_more_sockets_never_need_fewer_processes(
    few: int, many: int, debits: int, watchers: int, bus: Bus
) -> None:
    few, many = sorted((few, many))
    needed = [plan(COSTS, Demand(sockets, debits, watchers), ROOM, bus).processes for sockets in (few, many)]
    assert needed[0] <= needed[1]


@given(few=st.integers(1, 50_000), many=st.integers(1, 50_000))
@settings(max_examples=25, deadline=None)
def test_more_debits_never_need_fewer_processes(few: int, many: int) -> None:
    few, many = sorted((few, many))
    needed = [plan(COSTS, Demand(1_000, debits), ROOM, Bus.NATS).processes for debits in (few, many)]
    assert needed[0] <= needed[1]


def test_the_slope_is_that_of_the_line() -> None:
    assert slope((0, 500, 1_000), (7, 1_007, 2_007)) == pytest.approx(2)
    assert slope((1, 2, 3), (1, 0, 1)) == pytest.approx(0)
