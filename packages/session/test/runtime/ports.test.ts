import { left, right } from 'fp-ts/lib/Either.js';
import { throwError } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileError } from '../../src/ports.ts';
import type { SessionSnapshot } from '../../src/stream-state.ts';
import { A, request } from '../machine/story.ts';
import type { MemoryStore } from './files.ts';
import { assertNothingOpen, entireFiles, makeWorld, settled, type World } from './two-peers.ts';

const broken: FileError = {
  code: 'SCM_SSTABLE_DIGEST',
  file: 'nb-1-big-Data.db',
  message: 'the digest differs',
  retryable: false,
};

const load = async (
  prepare: (world: World) => void,
): Promise<{ readonly ours: SessionSnapshot; readonly codes: string[] }> => {
  const world = await makeWorld();
  prepare(world);
  const codes: string[] = [];
  const news = world.right.manager.events$.subscribe((event) => {
    if (event.type === 'SessionFailed') codes.push(event.error.code);
  });
  const files = entireFiles(A, 500, 700);
  const state = await settled(
    world,
    world.left.plan().transferFiles(world.right.endpoint, files).execute(),
  );
  await world.clock.advance(10_000);
  news.unsubscribe();
  assert.is(world.right.store.visible.size, 0);
  assert.ok(
    world.right.store.sessions.every(({ aborted }) => aborted === 1),
    'the receiving end is aborted once',
  );
  await assertNothingOpen(world, files);
  const [ours] = state.sessions;
  assert.ok(ours !== undefined);
  return { ours, codes };
};

test('the receiving end refuses or breaks at any step: both sides fail, nothing stays', async () => {
  const steps: [(store: MemoryStore) => void, RegExp][] = [
    [
      (store) => {
        store.refusePrepare = broken;
      },
      /before PREPARE_SYNACK/,
    ],
    [
      (store) => {
        store.refuseOpen = broken;
      },
      /receiving/,
    ],
    [
      (store) => {
        store.refuseFinish = broken;
      },
      /receiving/,
    ],
    [
      (store) => {
        store.refuseCommit = broken;
      },
      /receiving|finishing/,
    ],
    [
      (store) => {
        store.throws = 'prepare';
      },
      /before PREPARE_SYNACK/,
    ],
    [
      (store) => {
        store.throws = 'open';
      },
      /receiving/,
    ],
    [
      (store) => {
        store.throws = 'finish';
      },
      /receiving/,
    ],
    [
      (store) => {
        store.throws = 'commitTable';
      },
      /receiving|finishing/,
    ],
    [
      (store) => {
        store.throws = 'begin';
      },
      /before PREPARE_SYNACK/,
    ],
  ];
  for (const [set, during] of steps) {
    const { ours, codes } = await load(({ right }) => set(right.store));
    assert.ok(ours.error?.code === 'SCM_STREAM_PEER_FAILED', JSON.stringify(ours.error));
    assert.match(ours.error.during, during);
    assert.equal(codes, ['SCM_STREAM_FILE']);
  }
});

test('a refused commit is unknown to the sender, who had handed everything over', async () => {
  const { ours } = await load(({ right }) => {
    right.store.refuseCommit = broken;
  });
  assert.is(ours.outcome, 'unknown');
});

test('a file that has no header, or breaks while it is sent: the session names it', async () => {
  for (const kind of ['header', 'throws', 'send'] as const) {
    const world = await makeWorld();
    const files = entireFiles(A, 500, 700);
    const file = files[1]!;
    if (kind === 'header') Object.assign(file, { header: async () => left(broken) });
    if (kind === 'throws')
      Object.assign(file, {
        header: async () => {
          throw Object.assign(new Error('gone'), { code: 'ENOENT' });
        },
      });
    if (kind === 'send')
      Object.assign(file, { send: () => throwError(() => new Error('read error')) });
    const state = await settled(
      world,
      world.left.plan().transferFiles(world.right.endpoint, files).execute(),
    );
    const [session] = state.sessions;
    assert.ok(session?.error?.code === 'SCM_STREAM_FILE', JSON.stringify(session?.error));
    const expected = {
      header: 'SCM_SSTABLE_DIGEST',
      throws: 'ENOENT',
      send: 'SCM_STREAM_UNEXPECTED',
    };
    assert.is(session.error.fileCode, expected[kind]);
    assert.is(session.outcome, 'nothing-applied');
    await assertNothingOpen(world, files);
  }
});

test('release() that fails is its owner’s trouble', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 500);
  let released = 0;
  Object.assign(files[0]!, {
    release: async () => {
      released += 1;
      throw new Error('no');
    },
  });
  const state = await settled(
    world,
    world.left.plan().transferFiles(world.right.endpoint, files).execute(),
  );
  assert.is(state.sessions[0]?.state, 'COMPLETE');
  assert.is(released, 1);
  await assertNothingOpen(world);
});

test('requests: nobody serves them, the selection refuses, the selection breaks', async () => {
  const selections = [
    undefined,
    { select: async () => left(broken) },
    {
      select: async () => {
        throw new Error('no such keyspace');
      },
    },
  ];
  for (const outgoing of selections) {
    const world = await makeWorld({ right: outgoing === undefined ? {} : { outgoing } });
    const result = world.left.plan().requestRanges(world.right.endpoint, [request]).execute();
    const [session] = (await settled(world, result)).sessions;
    assert.ok(session?.error?.code === 'SCM_STREAM_PEER_FAILED');
    assert.is(session.error.during, 'before PREPARE_SYNACK');
    await assertNothingOpen(world);
  }
});

test('a pull that nothing here takes is refused, and what was selected is released', async () => {
  const files = entireFiles(A, 500);
  const world = await makeWorld({ right: { outgoing: { select: async () => right(files) } } });
  const { incoming: _, ...parts } = world.left.parts;
  const { StreamPlan } = await import('../../src/stream-plan.ts');
  const result = new StreamPlan('Rebuild', parts)
    .requestRanges(world.right.endpoint, [request])
    .execute();
  const [session] = (await settled(world, result)).sessions;
  assert.is(session?.error?.code, 'SCM_STREAM_REFUSED');
  await assertNothingOpen(world, files);
});

test('a commit under way when the connection is lost is waited for: whole or not at all', async () => {
  const world = await makeWorld();
  let open: () => void = () => undefined;
  world.right.store.commitGate = new Promise((resolve) => {
    open = resolve;
  });
  const files = entireFiles(A, 500);
  const result = world.left.plan().transferFiles(world.right.endpoint, files).execute();
  result.events$.subscribe(({ type }) => {
    if (type !== 'FileAcknowledged') return;
    queueMicrotask(() => {
      for (const connection of world.left.connections) connection.destroy();
    });
  });
  const [session] = (await settled(world, result)).sessions;
  assert.is(session?.outcome, 'unknown');
  assert.is(world.right.manager.plans.followed.length, 1, 'the follower waits for its commit');
  open();
  await assertNothingOpen(world, files);
});

test.run();
