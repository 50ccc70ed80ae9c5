// A node leaves the ring while a table is pulled: it is noticed before the next session, and what is left is asked of the others.
import { Murmur3Partitioner } from '@scamander/ring';
import { OutboundThrottle, systemClock } from '@scamander/throttle';
import type { Endpoint } from '@scamander/wire-codec';
import { right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FrontDoorParts } from '../../src/parts.ts';
import { makeFolders, makeReady } from '../../src/pull/begin.ts';
import { openDestination } from '../../src/pull/destination/destination.ts';
import type { PullEvent } from '../../src/pull/events.ts';
import type { PullOptions } from '../../src/pull/options.ts';
import { planAll } from '../../src/pull/plan/plan-all.ts';
import { UnitReceiver } from '../../src/pull/receiving/unit-receiver.ts';
import { openSource, type Source } from '../../src/pull/source/source.ts';
import { Work } from '../../src/pull/work/work.ts';
import { directTarget } from '../../src/target/direct-target.ts';
import type { Target } from '../../src/target/target.ts';
import { nodeAt } from './asking.ts';
import { partitionsIn, withScene } from './asking-many.ts';

const targetOf = (nodes: readonly Endpoint[]): Target => {
  const target = directTarget(nodes, Murmur3Partitioner);
  if (target._tag === 'Left') throw new Error(target.left.message);
  return target.right;
};

/** A source whose ring is another one from the moment on that is told. */
const changing = (source: Source, later: Target) => {
  const now = { target: source.target, told: source.target };
  const changed: Source = {
    options: source.options,
    transport: source.transport,
    versions: source.versions,
    ranges: source.ranges,
    get target() {
      return now.told;
    },
    look: async () => {
      const isNew = now.told !== now.target;
      now.told = now.target;
      return right(isNew);
    },
    probe: (signal, emit) => source.probe(signal, emit),
    node: (endpoint) =>
      now.told.nodes.find((node) => node.endpoint.host === endpoint.host) ?? undefined,
    isInterDc: (endpoint) => source.isInterDc(endpoint),
    rejected: undefined,
    close: () => source.close(),
  };
  return {
    source: changed,
    change: () => {
      now.target = later;
    },
  };
};

const rightOf = <T>(
  either:
    | { readonly _tag: 'Left'; readonly left: { readonly message: string } }
    | { readonly _tag: 'Right'; readonly right: T },
): T => {
  if (either._tag === 'Left') throw new Error(either.left.message);
  return either.right;
};

/** Pulls from a source that was opened elsewhere; every event goes to `emit`. */
const pullFrom = async (
  source: Source,
  options: PullOptions,
  parts: FrontDoorParts,
  emit: (event: PullEvent) => void,
): Promise<void> => {
  const { signal } = new AbortController();
  const ready = rightOf(await makeReady(source, options, { signal, emit }, parts));
  const destination = rightOf(await openDestination(options, 'embedded', parts));
  const throttle = new OutboundThrottle(parts);
  try {
    const tables = rightOf(await makeFolders(source, destination, ready.tables, emit, parts));
    const input = {
      source,
      ready: { ...ready, tables },
      ledger: destination.ledger,
      options,
      signal,
      emit,
    };
    const plan = rightOf(await planAll(input, parts));
    const { listening } = ready;
    const receiver = new UnitReceiver(
      {
        source,
        listening,
        destination,
        throttle,
        sstableVersion: undefined,
        reading: undefined,
        emit,
      },
      parts,
    );
    const work = new Work(
      {
        source,
        tables: plan.tables,
        obstacles: plan.obstacles,
        sessions: 1,
        prepare: plan.prepare,
        receive: (unit, stop) => receiver.receive(unit, stop),
        received: (unit, receptions) => receiver.received(unit, receptions),
        emit,
        signal,
      },
      plan.units,
      parts,
    );
    await work.run();
    await receiver.end(tables);
    assert.equal(work.problems, []);
    assert.ok(
      plan.tables.every((table) => rightOf(table.plan([])).length === 0),
      'all is here',
    );
    assert.ok(plan.tables.every(({ missing }) => missing.length === 0));
  } finally {
    throttle.close();
    await ready.listening.close();
    await destination.ledger.close();
  }
};

test('a node that left is not asked any more, and its ranges come from the others', () =>
  withScene(3, async ({ options, parts, there, into }) => {
    let passedMs = 0;
    const later: FrontDoorParts = {
      ...parts,
      clock: { ...systemClock, nowMs: () => systemClock.nowMs() + passedMs },
    };
    const opened = rightOf(await openSource(options, later, () => undefined));
    const { source, change } = changing(opened, targetOf([nodeAt(1), nodeAt(2)]));
    let isChanged = false;
    const asked: string[] = [];
    await pullFrom(source, options, later, (event) => {
      if (event.type === 'UnitReceived') {
        change();
        passedMs = 60_000;
      }
      if (event.type === 'RingChanged') {
        isChanged = true;
        assert.match(event.message, /10\.0\.0\.3:7000 has left/);
      }
      if (event.type === 'SessionConnected' && isChanged) asked.push(event.session.peer.host);
    });
    await source.close();
    assert.ok(isChanged, 'it is noticed');
    assert.ok(asked.length > 0 && !asked.includes(nodeAt(3).host), asked.join(', '));
    assert.equal(await partitionsIn(into), await partitionsIn(there));
  }));

test.run();
