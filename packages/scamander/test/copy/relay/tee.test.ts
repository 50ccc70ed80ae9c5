import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../src/copy/relay/relay-error.ts';
import { Tee, type TeeBranch } from '../../../src/copy/relay/tee.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Takes everything until the end; what came. */
const drain = async (branch: TeeBranch): Promise<string> => {
  let all = '';
  for (;;) {
    const piece = await branch.next();
    if (piece === null) return all;
    all += Buffer.from(piece.bytes).toString();
  }
};

const settled = async (work: Promise<unknown>): Promise<boolean> => {
  let isSettled = false;
  work.then(
    () => {
      isSettled = true;
    },
    () => {
      isSettled = true;
    },
  );
  await turn();
  return isSettled;
};

test('every branch gets every piece, out of one buffer that is used again', async () => {
  const tee = new Tee();
  const taken = [tee.branch(), tee.branch(), tee.branch()].map(drain);
  const buffer = Buffer.alloc(1);
  for (const letter of 'scamander') {
    buffer.write(letter);
    await tee.push(buffer, 1);
  }
  await tee.end();
  assert.equal(await Promise.all(taken), ['scamander', 'scamander', 'scamander']);
});

test('bytes are lent until every branch is done with them', async () => {
  const tee = new Tee();
  const quick = tee.branch();
  const slow = tee.branch();
  void drain(quick).catch(() => undefined);
  const pushed = tee.push(Buffer.from('a'), 1);
  await slow.next();
  assert.not.ok(await settled(pushed), 'the slow one still has the bytes');
  void slow.next().catch(() => undefined);
  await pushed;
  tee.fail(new RelayError('SCM_COPY_GIVEN_UP', 'the end of the test'));
});

test('a branch that is dropped holds nobody up, and the others go on', async () => {
  const tee = new Tee();
  const steady = tee.branch();
  const failing = tee.branch();
  const all = drain(steady);
  const pushed = tee.push(Buffer.from('ab'), 2);
  await failing.next();
  failing.drop();
  await pushed;
  await tee.push(Buffer.from('c'), 1);
  await tee.end();
  assert.is(await all, 'abc');
  assert.is(tee.size, 1);
  await failing.next().then(
    () => assert.unreachable('a dropped branch gives nothing'),
    (error) => assert.is(error.code, 'SCM_COPY_GIVEN_UP'),
  );
});

test('bytes that the network still has are not used again, even when their branch is dropped', async () => {
  const tee = new Tee();
  const branch = tee.branch();
  const steady = tee.branch();
  void drain(steady).catch(() => undefined);
  let letGo: () => void = () => undefined;
  const pushed = tee.push(Buffer.from('ab'), 2);
  await branch.next();
  branch.lent(new Promise<void>((resolve) => (letGo = resolve)));
  branch.drop();
  assert.not.ok(await settled(pushed), 'a write of the dropped branch is under way');
  letGo();
  await pushed;
  tee.fail(new RelayError('SCM_COPY_GIVEN_UP', 'the end of the test'));
});

test('without a branch left a push fails, and says so', async () => {
  const tee = new Tee();
  const branch = tee.branch();
  const pushed = tee.push(Buffer.from('a'), 1);
  branch.drop();
  for (const failing of [pushed, tee.push(Buffer.from('b'), 1)])
    await failing.then(
      () => assert.unreachable('nobody takes it'),
      (error) => assert.is(error.code, 'SCM_COPY_NO_REPLICA'),
    );
  await tee.end();
});

test('a failure reaches branches that wait and those that ask later', async () => {
  const tee = new Tee();
  const waiting = tee.branch();
  const later = tee.branch();
  const next = waiting.next();
  tee.fail(new RelayError('SCM_COPY_DIGEST', 'damaged'));
  for (const failing of [next, later.next()])
    await failing.then(
      () => assert.unreachable('it failed'),
      (error) => assert.is(error.code, 'SCM_COPY_DIGEST'),
    );
});

test.run();
