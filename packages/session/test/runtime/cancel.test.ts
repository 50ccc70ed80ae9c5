import { right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StreamEvent } from '../../src/events.ts';
import type { StreamPlan } from '../../src/stream-plan.ts';
import { A, B, request } from '../machine/story.ts';
import type { MemoryOutgoing } from './files.ts';
import {
  assertNothingOpen,
  contentsOf,
  entireFiles,
  makeWorld,
  settled,
  visibleOf,
  type World,
  within,
} from './two-peers.ts';

const SIZES = [3000, 9000];

type Staged = {
  readonly world: World;
  readonly plan: StreamPlan;
  readonly files: MemoryOutgoing[];
  readonly selected: () => boolean;
};

const stage = async (kind: 'load' | 'pull'): Promise<Staged> => {
  const files = entireFiles(A, ...SIZES);
  let selected = kind === 'load';
  const select = async () => {
    selected = true;
    return right(files);
  };
  const world = await makeWorld({ right: { outgoing: { select } } });
  const plan = world.left.plan();
  if (kind === 'load') plan.transferFiles(world.right.endpoint, files);
  else plan.requestRanges(world.right.endpoint, [request]);
  return { world, plan, files, selected: () => selected };
};

const judge = async ({ world, files, selected }: Staged, kind: 'load' | 'pull'): Promise<void> => {
  await assertNothingOpen(world, selected() ? files : []);
  const visible = visibleOf((kind === 'load' ? world.right : world.left).store, A);
  if (visible !== undefined) assert.equal(visible, contentsOf(SIZES));
};

/** How many events an undisturbed run has. */
const eventsOf = async (kind: 'load' | 'pull'): Promise<number> => {
  const staged = await stage(kind);
  const result = staged.plan.execute();
  let count = 0;
  result.events$.subscribe(() => {
    count += 1;
  });
  await settled(staged.world, result);
  await judge(staged, kind);
  return count;
};

for (const kind of ['load', 'pull'] as const) {
  test(`${kind}: cancelled at each of its events, and before the first`, async () => {
    const count = await eventsOf(kind);
    assert.ok(count > 15);
    for (let at = 0; at < count; at++) {
      const staged = await stage(kind);
      const result = staged.plan.execute();
      let seen = 0;
      const last: StreamEvent[] = [];
      const stop = (): void => {
        if (seen === at) result.cancel('changed my mind');
        seen += 1;
      };
      result.events$.subscribe((event) => {
        last.push(event);
        stop();
      });
      stop();
      const [session] = (await settled(staged.world, result)).sessions;
      const ended = last.filter(
        ({ type }) => type === 'SessionFailed' || type === 'SessionComplete',
      );
      assert.is(ended.length, 1, `${at}`);
      if (session?.state !== 'COMPLETE') {
        assert.is(session?.state, 'ABORTED', `${at}`);
        assert.equal(session?.error, {
          code: 'SCM_STREAM_ABORTED',
          peer: '10.0.0.1:7000',
          reason: 'changed my mind',
        });
      }
      await judge(staged, kind);
    }
  });

  test(`${kind}: aborted by signal, and unsubscribed, at each of its events`, async () => {
    const count = await eventsOf(kind);
    for (let at = 1; at < count; at += 2) {
      const bySignal = await stage(kind);
      const controller = new AbortController();
      const result = bySignal.plan.execute({ signal: controller.signal });
      let seen = 0;
      result.events$.subscribe(() => {
        seen += 1;
        if (seen === at) controller.abort(new Error('out of time'));
      });
      const [session] = (await settled(bySignal.world, result)).sessions;
      if (session?.state !== 'COMPLETE') assert.is(session?.error?.code, 'SCM_STREAM_ABORTED');
      await judge(bySignal, kind);

      const byUnsubscribe = await stage(kind);
      const stopAt = at;
      let heard = 0;
      const subscription = byUnsubscribe.plan.run().subscribe(() => {
        heard += 1;
        if (heard === stopAt) queueMicrotask(() => subscription.unsubscribe());
      });
      while (!subscription.closed) await byUnsubscribe.world.clock.advance(1);
      await judge(byUnsubscribe, kind);
    }
  });
}

test('a signal that fired before: nothing is dialled', async () => {
  const staged = await stage('load');
  const result = staged.plan.execute({ signal: AbortSignal.abort() });
  const [session] = (await settled(staged.world, result)).sessions;
  assert.is(session?.state, 'ABORTED');
  assert.is(session?.outcome, 'nothing-applied');
  await judge(staged, 'load');
});

test('run() is cold: it begins on subscribe, completes with the plan, errors with its cause', async () => {
  const { world, plan, files } = await stage('load');
  const events$ = plan.run();
  await world.clock.advance(1000);
  assert.is(world.left.manager.plans.initiated.length, 0);
  const types: string[] = [];
  await within(
    world.clock,
    new Promise<void>((resolve, reject) => {
      events$.subscribe({ next: ({ type }) => types.push(type), complete: resolve, error: reject });
    }),
  );
  assert.is(types.at(-1), 'SessionComplete');
  const lost = world.left
    .plan()
    .transferFiles({ host: '10.0.0.2', port: 7000 }, entireFiles(B, 1))
    .run();
  const error = await within(
    world.clock,
    new Promise((resolve) => {
      lost.subscribe({ error: resolve });
    }),
  );
  assert.is((error as { code?: string }).code, 'SCM_STREAM_UNREACHABLE');
  await assertNothingOpen(world, files);
});

test('one session given up, the others of the plan go on', async () => {
  const world = await makeWorld();
  const files = entireFiles(A, 3000, 9000);
  const result = world.left
    .plan({ sessionsPerPeer: 2 })
    .transferFiles(world.right.endpoint, files)
    .execute();
  result.events$.subscribe((event) => {
    if (event.type === 'FileStarted' && event.session.sessionIndex === 0)
      world.left.manager.sessions
        .all()
        .find(({ identity }) => identity.sessionIndex === 0)
        ?.cancel('only this one');
  });
  const state = await settled(world, result);
  assert.equal(
    state.sessions.map(({ state }) => state),
    ['ABORTED', 'COMPLETE'],
  );
  await assertNothingOpen(world, files);
});

test('a manager that closes gives up what it follows; initiated sessions learn it', async () => {
  const { world, plan, files } = await stage('load');
  const result = plan.execute();
  let closing: Promise<void> | undefined;
  result.events$.subscribe(({ type }) => {
    if (type === 'FileStarted') closing ??= world.right.close();
  });
  const [session] = (await settled(world, result)).sessions;
  assert.is(session?.error?.code, 'SCM_STREAM_PEER_FAILED');
  assert.ok(closing !== undefined);
  await within(world.clock, closing);
  await assertNothingOpen(world, files);
});

test.run();
