// Throws thousands of seeded inputs at sessions in any order and holds them to what must always be true.
import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SessionEffect } from '../../src/machine/effects.ts';
import type { SessionInput } from '../../src/machine/inputs.ts';
import { isFinal, numberFiles, type Session } from '../../src/machine/model.ts';
import { step } from '../../src/machine/step.ts';
import { A, B, follower, initiator, is, out, request, stream, streamIn, summary } from './story.ts';

const fileError = {
  code: 'SCM_STREAM_FILE',
  peer: 'p',
  file: 'f',
  fileCode: 'SCM_X',
  reason: 'r',
} as const;
const lost = { code: 'SCM_STREAM_CONNECTION_LOST', peer: 'p', during: 'd', reason: 'r' } as const;

type Pick = <T>(items: readonly T[]) => T;

/** What a correct peer and a working disk could bring now. */
const polite = (session: Session, pick: Pick): SessionInput[] => {
  const { phase, identity, sending, receiving } = session;
  const initiator = identity.role === 'initiator';
  const inputs: SessionInput[] = [is.keepAlive];
  if (phase === 'created') inputs.push(initiator ? is.start : is.connected);
  if (phase === 'dialling') inputs.push(is.connected);
  if (phase === 'await-synack') inputs.push(is.synAck(), is.synAck(summary(A, 2)));
  if (phase === 'await-syn')
    inputs.push(is.syn([], summary(A, 2), summary(B)), is.syn([request], summary(B)));
  if (phase === 'selecting')
    inputs.push({ type: 'FilesSelected', files: numberFiles([out(A), out(B), out(A)]) });
  if (phase === 'preparing') inputs.push(is.prepared);
  if (phase === 'closing') inputs.push(is.ended(0));
  if (phase !== 'streaming') return inputs;
  if (session.ackAwaited) inputs.push(is.ack);
  for (const [id, { status, file }] of sending.connections)
    if (status === 'opening') inputs.push(is.opened(id));
    else if (file !== undefined) inputs.push(is.handedOver(file), is.sent(file));
  for (const { file, handedOver, acknowledged } of sending.inFlight.values()) {
    const { tableId, sequenceNumber } = sending.files[file]!;
    if (handedOver && !acknowledged) inputs.push(is.received(tableId, sequenceNumber));
  }
  const from = initiator ? stream : streamIn;
  for (const [tableId, { announced, opened, finished, status }] of receiving.tables) {
    const coming = [...receiving.active.values()].some(
      (file) => file.tableId === tableId && file.summaryFiles === undefined,
    );
    if (opened < announced && !coming)
      inputs.push(is.announced(-1, from(tableId, { sequenceNumber: opened })));
    if (status === 'committing' && finished === announced) inputs.push(is.committed(tableId));
  }
  for (const [id, { summaryFiles }] of receiving.active)
    inputs.push(summaryFiles === undefined ? is.fileOpened(id) : is.fileReceived(id));
  if (session.state === 'WAIT_COMPLETE') inputs.push(is.complete);
  return [pick(inputs)];
};

/** What bad luck and bad peers bring; files and connections are those the session asked for. */
const rude = (session: Session, pick: Pick): SessionInput => {
  const table = pick([A, B]);
  const from = session.identity.role === 'initiator' ? stream : streamIn;
  const inputs: SessionInput[] = [
    is.start,
    is.connected,
    is.synAck(summary(A, 2)),
    is.syn([request], summary(B)),
    is.ack,
    is.received(table, pick([0, 1])),
    is.prepared,
    is.announced(-1, from(table)),
    is.fileOpened(pick([0, 1])),
    is.fileReceived(pick([0, 1])),
    is.committed(table),
    is.complete,
    is.failed,
    is.cancel,
    is.ended(0),
    is.ended(-1),
    { type: 'FileFailed', error: pick([lost, fileError]) },
    { type: 'CommitFailed', tableId: table, error: fileError },
    { type: 'WriteFailed', reason: 'r' },
    { type: 'ConnectionStalled', connection: 0, afterMs: 1 },
    { type: 'Refuse', reason: 'r' },
    ...[...session.timers].map((timer) => is.fired(timer)),
    ...[...session.sending.connections.keys()].map(
      (connection): SessionInput => ({ type: 'FileConnectionFailed', connection, error: lost }),
    ),
  ];
  return pick(inputs);
};

const check = (effects: readonly SessionEffect[], session: Session, label: string): void => {
  const count = (test: (effect: SessionEffect) => boolean): number => effects.filter(test).length;
  const closings = count(({ type }) => type === 'CloseEverything');
  assert.ok(closings <= 1, `${label}: closed ${closings} times`);
  const failed = (effect: SessionEffect): boolean =>
    effect.type === 'Send' && effect.message.type === 'SessionFailed';
  assert.ok(count(failed) <= 1, `${label}: SESSION_FAILED more than once`);
  const last = Math.max(
    effects.findIndex(failed),
    effects.findIndex((effect) => effect.type === 'Send' && effect.message.type === 'Complete'),
  );
  if (last >= 0)
    assert.is(
      effects.slice(last + 1).findIndex(({ type }) => type === 'Send'),
      -1,
      `${label}: sent something after the last word`,
    );
  const completes = count((effect) => effect.type === 'Send' && effect.message.type === 'Complete');
  if (session.identity.role === 'initiator')
    assert.is(completes, 0, `${label}: initiator sent COMPLETE`);
  const released = effects.flatMap((effect) =>
    effect.type === 'ReleaseFile' ? [effect.file] : [],
  );
  assert.is(new Set(released).size, released.length, `${label}: released twice`);
  const sent = effects.flatMap((effect) => (effect.type === 'SendFile' ? [effect.file] : []));
  assert.is(new Set(sent).size, sent.length, `${label}: a file was sent twice`);
  const commits = effects.flatMap((effect) =>
    effect.type === 'CommitTable' ? [effect.tableId] : [],
  );
  assert.is(new Set(commits).size, commits.length, `${label}: committed twice`);
  if (session.phase === 'closed') {
    assert.is(closings, 1, `${label}: over and not closed`);
    assert.is(session.timers.size, 0, `${label}: a timer is left`);
  }
  if (isFinal(session)) {
    const ends = count(
      (effect) => effect.type === 'Emit' && /^Session(Complete|Failed)$/.test(effect.event.type),
    );
    assert.is(ends, 1, `${label}: ${ends} ends were told`);
  }
  let running = 0;
  for (const [, connection] of session.sending.connections)
    if (connection.status === 'busy') running += 1;
  assert.ok(running <= session.settings.fileConnectionsMax, label);
};

test('whatever comes in whatever order: one end, one last word, nothing left', () => {
  const ends = new Map<string, number>();
  for (let seed = 0; seed < 3000; seed++) {
    const random = seededRandom(seed);
    const work = {
      files: [out(A), out(B), out(A)],
      requests: [request],
      settings: { fileConnectionsMax: 2 },
    };
    let { session } = seed % 2 === 0 ? initiator(work) : follower(work);
    const effects: SessionEffect[] = [];
    const pick: Pick = (items) => items[Math.floor(random() * items.length)]!;
    for (let input = 0; input < 120; input++) {
      const inputs = random() < 0.02 ? [rude(session, pick)] : polite(session, pick);
      const next = step(session, pick(inputs));
      session = next.state;
      effects.push(...next.effects);
    }
    check(effects, session, `seed ${seed}`);
    ends.set(session.state, (ends.get(session.state) ?? 0) + 1);
  }
  for (const state of ['COMPLETE', 'FAILED', 'ABORTED'])
    assert.ok(
      (ends.get(state) ?? 0) > 25,
      `${state} was hardly reached: ${JSON.stringify([...ends])}`,
    );
});

test.run();
