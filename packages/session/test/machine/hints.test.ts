import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { streamErrorMessage } from '../../src/errors.ts';
import { A, initiator, is, out, request, type Story, streaming, summary } from './story.ts';

const told = (story: Story): string => {
  const { failure } = story.when(is.failed).session;
  assert.ok(failure !== undefined);
  return streamErrorMessage(failure.error);
};

test('SESSION_FAILED instead of PREPARE_SYNACK: the guardrail is only named where it exists (6.0)', () => {
  const begun = (version: 12 | 14) =>
    initiator({ files: [out(A)] }).when(is.start, { type: 'Connected', version });
  assert.match(
    told(begun(14)),
    /before PREPARE_SYNACK; bulk loading may be disabled.*bulk_load_enabled.*not know one of the tables/,
  );
  assert.not.match(told(begun(12)), /bulk_load_enabled/);
  assert.match(told(begun(12)), /not know one of the tables/);
});

test('a refused request: table or ranges', () => {
  assert.match(
    told(initiator({ requests: [request] }).when(is.start, is.connected)),
    /not know one of the tables; or a requested range is not its own/,
  );
});

test('a repair may lack disk space', () => {
  assert.match(
    told(
      initiator({ files: [out(A)], identity: { operation: 'Repair' } }).when(
        is.start,
        is.connected,
      ),
    ),
    /disk space/,
  );
});

test('refused during a partial file: ranges, disk, schema', () => {
  assert.match(
    told(streaming({ files: [out(A)] }).when(is.opened(1))),
    /while it was receiving \(0 of 1 files acknowledged\); a disk of the node may be full; or the table differs from its schema; or a partition lies outside its ranges/,
  );
});

test('refused during an entire file: components', () => {
  assert.match(told(streaming({ files: [out(A, 8)] }).when(is.opened(1))), /Statistics\.db/);
});

test('refused after the last RECEIVED: what it could not open', () => {
  const story = streaming({ files: [out(A, 8)] }).when(is.opened(1), is.sent(0), is.received(A, 0));
  assert.match(
    told(story),
    /while it was finishing what it received; it could not open.*partitioner.*SAI/,
  );
});

test('a pull that fails before the first file: the node may not reach us', () => {
  const story = initiator({ requests: [request] }).when(
    is.start,
    is.connected,
    is.synAck(summary(A)),
    is.prepared,
  );
  assert.match(told(story), /may not reach us at 10\.0\.0\.9:7000/);
});

test('a bare close before PREPARE_SYNACK points to the log', () => {
  const story = initiator({ files: [out(A)] }).when(is.start, is.connected, is.ended(0));
  const { failure } = story.session;
  assert.ok(failure !== undefined);
  assert.match(
    streamErrorMessage(failure.error),
    /lost before PREPARE_SYNACK: the peer closed it; nodes close without a word/,
  );
});

test.run();
