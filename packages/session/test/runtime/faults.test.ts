import { type ConnectionFaults, faultyTransport, type Transport } from '@scamander/transport';
import { seededRandom, type VirtualClock } from '@scamander-tools/testing';
import { right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StreamEvent } from '../../src/events.ts';
import type { SessionSnapshot } from '../../src/stream-state.ts';
import { A, B, request } from '../machine/story.ts';
import { MemoryOutgoing, pattern } from './files.ts';
import {
  assertNothingOpen,
  contentsOf,
  digestOf,
  entireFiles,
  makeWorld,
  settled,
  visibleOf,
  type World,
} from './two-peers.ts';
import { boundariesOf, type Taped, tapedTransport } from './wire-tap.ts';

type Wrap = (inner: Transport, clock: VirtualClock) => Transport;
type Side = 'left' | 'right';
type Scenario = {
  readonly name: string;
  /** Which side has the store that fills. */
  readonly receiver: Side;
  run(wraps: Partial<Record<Side, Wrap>>): Promise<Run>;
};
type Run = {
  readonly world: World;
  readonly session: SessionSnapshot;
  readonly followed: StreamEvent[];
  /** Files the plan or the follower took over; a request that never came leaves them to their owner. */
  readonly files: readonly MemoryOutgoing[];
};

const SIZES = [3000, 10, 1200];
const makeFiles = (): MemoryOutgoing[] => [
  ...entireFiles(A, ...SIZES),
  new MemoryOutgoing('b', B, [pattern(900, 9)], false),
];

const scenario = (name: string, receiver: Side): Scenario => ({
  name,
  receiver,
  run: async (wraps) => {
    const files = makeFiles();
    let selected = false;
    const select = async () => {
      selected = true;
      return right(files);
    };
    const world = await makeWorld({
      ...(wraps.left === undefined ? {} : { leftTransport: wraps.left }),
      ...(wraps.right === undefined ? {} : { rightTransport: wraps.right }),
      right: receiver === 'left' ? { outgoing: { select } } : {},
    });
    const plan = world.left.plan();
    if (receiver === 'right') plan.transferFiles(world.right.endpoint, files);
    else plan.requestRanges(world.right.endpoint, [request]);
    const followed: StreamEvent[] = [];
    const news = world.right.manager.events$.subscribe((event) => followed.push(event));
    const state = await settled(world, plan.execute());
    // the follower may need longer than the initiator: its events are complete when the managers are empty
    for (let at = 0; at < 20_000 && world.right.manager.sessions.all().length > 0; at++)
      await world.clock.advance(500);
    news.unsubscribe();
    const [session] = state.sessions;
    assert.ok(session !== undefined);
    return { world, session, followed, files: receiver === 'right' || selected ? files : [] };
  },
});

const SCENARIOS = [scenario('load', 'right'), scenario('pull', 'left')];

const CODES = new Set([
  'SCM_STREAM_CONNECTION_LOST',
  'SCM_STREAM_PEER_FAILED',
  'SCM_STREAM_TIMEOUT',
  'SCM_STREAM_TLS',
  'SCM_STREAM_PROTOCOL',
  'SCM_STREAM_UNREACHABLE',
]);

/** What must hold however a run ended. */
const judge = async (scenario: Scenario, run: Run, label: string): Promise<void> => {
  const { world, session, followed, files } = run;
  const { store } = world[scenario.receiver];
  const whole = { A: contentsOf(SIZES), B: [digestOf(pattern(900, 9))] };
  const [a, b] = [visibleOf(store, A), visibleOf(store, B)];
  if (a !== undefined) assert.equal(a, whole.A, `${label}: table A is neither absent nor whole`);
  if (b !== undefined) assert.equal(b, whole.B, `${label}: table B is neither absent nor whole`);
  const all = a !== undefined && b !== undefined;
  if (session.state === 'COMPLETE' || session.outcome === 'applied')
    assert.ok(all, `${label}: said to be applied`);
  if (session.outcome === 'nothing-applied')
    assert.ok(a === undefined && b === undefined, `${label}: said to be absent`);
  if (session.state !== 'COMPLETE') {
    assert.is(session.state, 'FAILED', label);
    assert.ok(
      session.error !== undefined && CODES.has(session.error.code),
      `${label}: ${JSON.stringify(session.error)}`,
    );
  }
  const began = followed.some(({ type }) => type === 'SessionConnected');
  const ends = followed.filter(
    ({ type }) => type === 'SessionComplete' || type === 'SessionFailed',
  );
  assert.is(ends.length, began ? 1 : 0, `${label}: the follower ended ${ends.length} times`);
  for (const end of ends)
    if (end.type === 'SessionFailed') {
      assert.ok(CODES.has(end.error.code), `${label}: follower ${JSON.stringify(end.error)}`);
      if (scenario.receiver === 'right' && end.outcome === 'nothing-applied')
        assert.ok(
          a === undefined && b === undefined,
          `${label}: the follower says nothing was applied`,
        );
    }
  await assertNothingOpen(world, files);
};

/** The tapes of an undisturbed run, by who dialled. */
const record = async (scenario: Scenario): Promise<Record<Side, Taped[]>> => {
  const tapes: Record<Side, Taped[]> = { left: [], right: [] };
  const run = await scenario.run({
    left: (inner) => tapedTransport(inner, tapes.left),
    right: (inner) => tapedTransport(inner, tapes.right),
  });
  assert.is(run.session.state, 'COMPLETE');
  await judge(scenario, run, 'undisturbed');
  return tapes;
};

type Cut = {
  readonly side: Side;
  readonly index: number;
  readonly direction: 'out' | 'in';
  readonly atByte: number;
  readonly how: 'end' | 'reset';
};

const wrapOf = (cut: Cut): Partial<Record<Side, Wrap>> => {
  const faults: ConnectionFaults = {
    [cut.direction]: { cut: { atByte: cut.atByte, how: cut.how } },
  };
  return {
    [cut.side]: (inner: Transport, clock: VirtualClock) =>
      faultyTransport(
        inner,
        { dialled: { [cut.index]: faults } },
        { clock, random: seededRandom(1) },
      ),
  };
};

const everyLane = (tapes: Record<Side, Taped[]>): Omit<Cut, 'atByte' | 'how'>[] =>
  (['left', 'right'] as const).flatMap((side) =>
    tapes[side].flatMap((_, index) =>
      (['out', 'in'] as const).map((direction) => ({ side, index, direction })),
    ),
  );

const runCut = async (scenario: Scenario, cut: Cut): Promise<SessionSnapshot['state']> => {
  const run = await scenario.run(wrapOf(cut));
  await judge(scenario, run, `${scenario.name} ${JSON.stringify(cut)}`);
  return run.session.state;
};

for (const scenario of SCENARIOS) {
  test(`${scenario.name}: the connection is cut at every message boundary`, async () => {
    const tapes = await record(scenario);
    const ends = new Map<string, number>();
    let cuts = 0;
    for (const lane of everyLane(tapes))
      for (const atByte of boundariesOf(tapes[lane.side][lane.index]!, lane.direction))
        for (const how of ['end', 'reset'] as const) {
          const state = await runCut(scenario, { ...lane, atByte, how });
          ends.set(state, (ends.get(state) ?? 0) + 1);
          cuts += 1;
        }
    assert.ok(cuts > 40, `only ${cuts} cuts`);
    assert.ok((ends.get('FAILED') ?? 0) > 20, JSON.stringify([...ends]));
  });

  test(`${scenario.name}: the connection is cut at 200 seeded positions`, async () => {
    const tapes = await record(scenario);
    const random = seededRandom(4711);
    const lanes = everyLane(tapes);
    for (let run = 0; run < 200; run++) {
      const lane = lanes[Math.floor(random() * lanes.length)]!;
      const length = Buffer.concat(tapes[lane.side][lane.index]![lane.direction]).length;
      const atByte = Math.floor(random() * (length + 1));
      await runCut(scenario, { ...lane, atByte, how: random() < 0.5 ? 'end' : 'reset' });
    }
  });

  test(`${scenario.name}: bytes vanish from any boundary on: our own timers end it`, async () => {
    const tapes = await record(scenario);
    for (const lane of everyLane(tapes))
      for (const atByte of boundariesOf(tapes[lane.side][lane.index]!, lane.direction)) {
        const faults: ConnectionFaults = { [lane.direction]: { vanishAtByte: atByte } };
        const run = await scenario.run({
          [lane.side]: (inner: Transport, clock: VirtualClock) =>
            faultyTransport(
              inner,
              { dialled: { [lane.index]: faults } },
              { clock, random: seededRandom(1) },
            ),
        });
        await judge(
          scenario,
          run,
          `${scenario.name} vanish ${JSON.stringify({ ...lane, atByte })}`,
        );
      }
  });

  test(`${scenario.name}: slow, jittery, in small pieces: it completes`, async () => {
    const slow = { delayMs: 5, jitterMs: 20, pieceBytesMax: 7 };
    const wrap: Wrap = (inner, clock) =>
      faultyTransport(
        inner,
        { others: { out: slow, in: slow } },
        { clock, random: seededRandom(3) },
      );
    const run = await scenario.run({ left: wrap, right: wrap });
    assert.is(run.session.state, 'COMPLETE');
    await judge(scenario, run, 'slow');
  });
}

test.run();
