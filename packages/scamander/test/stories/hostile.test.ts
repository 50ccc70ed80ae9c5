// Peers that do what no sender should, against an embedded node over real folders: each ends with a typed failure or a closed connection,
// nothing of it is left in the data directory, and honest sessions go through, beside it and after it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Murmur3Partitioner } from '@scamander/ring';
import { nodeFileSystem, type ReceiveFileSystem } from '@scamander/sstable-io';
import { encodeStreamMessage, type StreamMessage } from '@scamander/wire-codec';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { load } from '../../src/load/load.ts';
import { partsWith, sstablesBelow } from '../harness.ts';
import {
  AT,
  honestStream,
  newPlan,
  prepareSyn,
  type Raw,
  type Stream,
  streamInit,
  TABLE,
  Target,
} from './hostile.ts';

const CONTEXT = { version: 12, partitioner: Murmur3Partitioner } as const;
const MAX = [0x7f, 0xff, 0xff, 0xff];
const SESSION_FAILED = 6;

/** One node, one hostile story; then a load by somebody honest. */
const against = (
  story: (target: Target, folder: string) => Promise<void>,
  parts: Parameters<Target['start']>[0] = {},
): Promise<void> =>
  withTempFolder(async (folder) => {
    const target = await new Target(folder).start(parts);
    await story(target, folder);
    assert.is((await target.honestLoad()).verdict, 'complete', 'the node lives on');
    await target.close();
    assert.is((await sstablesBelow(target.data)).length, 1);
  });

test('garbage, silence and absurd lengths before or in place of the first message cost their connection only', () =>
  against(async (target) => {
    const random = seededRandom(3);
    const noise = Uint8Array.from({ length: 4096 }, () => random() * 256);
    for (const bytes of [noise, new Uint8Array(64), Buffer.from('GET / HTTP/1.1\r\n\r\n')])
      assert.is((await (await (await target.connect()).raw(bytes)).rest()).length, 0);
    // says nothing at all: the node's own timer ends it
    assert.is((await target.inTime((await target.connect()).rest())).length, 0);
    assert.is((await target.inTime((await target.dial()).rest())).length, 0);
    for (const type of [0, 1, 3, 4, 5, 6, 8, 9, 11, 99, 255])
      await target.inTime((await (await target.dial()).raw([type, ...MAX, ...MAX])).rest());
    // STREAM_INIT whose description says it is 65,535 bytes long, and never comes
    const init = Buffer.from(encodeStreamMessage(streamInit(newPlan()), CONTEXT));
    const at = init.indexOf('Bulk Load') - 2;
    init.writeUInt16BE(0xffff, at);
    await target.inTime((await (await target.dial()).raw(init)).rest());
    assert.equal(target.failures, [], 'none of it was a session');
  }));

/** A session up to PREPARE_SYN; what the node answers in the end. */
const sessionEnds = async (
  target: Target,
  script: (control: Raw, planId: string) => Promise<unknown>,
  ending: <T>(end: Promise<T>) => Promise<T> = (end) => end,
): Promise<string> => {
  const before = target.failures.length;
  const planId = newPlan();
  const control = await target.dial();
  await control.send(streamInit(planId));
  await script(control, planId);
  const heard = await ending(control.rest());
  assert.is(target.failures.length, before + 1, 'one session failed');
  assert.is(heard.at(-1), SESSION_FAILED, 'the peer is told');
  const failure = target.failures.at(-1);
  if (failure === undefined) throw new Error('unreachable');
  return failure.code === 'SCM_STREAM_FILE' ? failure.fileCode : failure.code;
};

test('unknown tables, unknown types and absurd counts inside a session are typed failures', () =>
  against(async (target) => {
    const unknown = prepareSyn({ tableId: '00000000-0000-0000-0000-000000000000' });
    assert.is(
      await sessionEnds(target, (control) => control.send(unknown)),
      'SCM_SERVE_UNKNOWN_TABLE',
    );
    for (const bytes of [
      [99],
      [0],
      [11, ...MAX],
      [1, ...MAX],
      [1, 0, 0, 0, 0, ...MAX],
      [1, 0xff, 0xff, 0xff, 0xff, ...MAX],
    ])
      assert.is(
        await sessionEnds(target, (control) => control.raw(bytes)),
        'SCM_STREAM_PROTOCOL',
        bytes.join(' '),
      );
  }));

/** One file of a session whose control connection is in order. */
const fileEnds = (
  target: Target,
  change: (stream: Stream) => Stream,
  payload: (honest: Buffer) => Uint8Array = (honest) => honest,
  ending: <T>(end: Promise<T>) => Promise<T> = (end) => end,
): Promise<string> =>
  sessionEnds(
    target,
    async (control, planId) => {
      const honest = await honestStream(planId);
      await control.prepared(
        prepareSyn({ files: honest.files, totalSizeBytes: BigInt(honest.payload.length) }),
      );
      const file = await target.dial();
      await file.send(change(honest.stream));
      await file.raw(payload(honest.payload));
    },
    ending,
  );

const renamed = (stream: Stream, name: string): Stream => {
  const { entire } = stream.header;
  if (entire === undefined) throw new Error('not entire');
  const [first, ...others] = entire.manifest;
  return {
    ...stream,
    header: {
      ...stream.header,
      entire: { ...entire, manifest: [{ name, lengthBytes: first?.lengthBytes ?? 0n }, ...others] },
    },
  };
};

const NAMES = [
  '../../../escape',
  '/tmp/scamander-escape',
  '..',
  '.',
  'a/b',
  'a\\b',
  'Data.db/../../x',
  'Data.db\0',
  '',
  'TOC.txt',
  '.hidden',
  'x'.repeat(5000),
];

test('a manifest can’t name a path: refused before a file is made', () =>
  against(async (target, folder) => {
    for (const name of NAMES) {
      // a header that can't even be read costs its connection; the session then waits for its file in vain
      const code = await fileEnds(
        target,
        (stream) => renamed(stream, name),
        (honest) => honest,
        (end) => target.inTime(end),
      );
      assert.match(
        code,
        /^SCM_(SSTABLE_(MANIFEST|MISSING_COMPONENT|TOO_LONG)|STREAM_(PROTOCOL|TIMEOUT))$/,
        name,
      );
      target.assertClean();
    }
    assert.not.ok(existsSync(join(folder, 'escape')) || existsSync('/tmp/scamander-escape'));
  }));

const entireOf = (stream: Stream, lengthBytes: bigint): Stream => {
  const { entire } = stream.header;
  if (entire === undefined) throw new Error('not entire');
  const manifest = entire.manifest.map((entry) =>
    entry.name === 'Data.db' ? { ...entry, lengthBytes } : entry,
  );
  return { ...stream, header: { ...stream.header, entire: { ...entire, manifest } } };
};

test('headers that can’t be true, and bytes that are not those announced, are typed failures', () =>
  against(async (target) => {
    const header =
      (change: Partial<Stream['header']>) =>
      (stream: Stream): Stream => ({
        ...stream,
        header: { ...stream.header, ...change },
      });
    // refused before a byte of the payload is taken, or, where the header can't be read at all, when the file never comes
    const refused = (change: (stream: Stream) => Stream): Promise<string> =>
      fileEnds(
        target,
        change,
        (honest) => honest,
        (end) => target.inTime(end),
      );
    const never = 'SCM_STREAM_TIMEOUT';
    for (const [change, ...codes] of [
      [header({ sstableVersion: 'zz' }), 'SCM_SSTABLE_UNKNOWN_VERSION'],
      [header({ sstableVersion: '../x' }), never],
      [header({ formatName: 'bti' }), 'SCM_SSTABLE_UNKNOWN_VERSION'],
      [header({ formatName: 'b/g' }), never],
      // its files are taken for blocks then, the first of which may never be all there
      [header({ entire: undefined }), 'SCM_SSTABLE_CORRUPT', 'SCM_SSTABLE_TOO_LONG', never],
      [header({ entire: undefined, sections: [] }), 'SCM_STREAM_PROTOCOL'],
      [header({ entire: undefined, estimatedKeys: -1n }), 'SCM_SSTABLE_MANIFEST', never],
      [header({ sstableLevel: -1 }), 'SCM_SSTABLE_MANIFEST'],
      [(stream: Stream) => entireOf(stream, 2n ** 62n), 'SCM_SSTABLE_TOO_LONG', never],
      [(stream: Stream) => entireOf(stream, -1n), 'SCM_SSTABLE_TOO_LONG', never],
      [(stream: Stream) => entireOf(stream, 0n), 'SCM_SSTABLE_MANIFEST'],
    ] as const)
      assert.ok((codes as readonly string[]).includes(await refused(change)), codes.join(' '));
    const flipped = (honest: Buffer): Buffer => {
      const copy = Buffer.from(honest);
      copy[10] = (copy[10] ?? 0) ^ 1;
      return copy;
    };
    assert.is(await fileEnds(target, (stream) => stream, flipped), 'SCM_SSTABLE_DIGEST');
    assert.match(
      await fileEnds(
        target,
        (stream) => stream,
        (honest) => new Uint8Array(honest.length),
      ),
      /^SCM_SSTABLE_/,
    );
  }));

test('a peer that stops in the middle of a file, and one that hangs up there', () =>
  against(async (target) => {
    const half = (honest: Buffer): Uint8Array => honest.subarray(0, honest.length >> 1);
    // the node waits for its own timer and no longer
    assert.is(
      await fileEnds(
        target,
        (stream) => stream,
        half,
        (end) => target.inTime(end),
      ),
      'SCM_STREAM_TIMEOUT',
    );
    const planId = newPlan();
    const honest = await honestStream(planId);
    const control = await target.dial();
    await control.prepared(streamInit(planId), prepareSyn({ files: honest.files }));
    const file = await target.dial();
    await file.send(honest.stream);
    await file.raw(half(honest.payload));
    file.connection.destroy();
    control.connection.destroy();
    await target.failed(2);
    assert.is(target.failures.at(-1)?.code, 'SCM_STREAM_CONNECTION_LOST');
  }));

/** Asks for the whole of a table. */
const wants = (keyspace: string, table: string): StreamMessage => {
  const token = Murmur3Partitioner.minimumToken;
  return {
    type: 'PrepareSyn',
    requests: [
      {
        keyspace,
        endpoint: AT,
        fullRanges: [{ left: token, right: token }],
        transientRanges: [],
        tables: [table],
      },
    ],
    summaries: [],
  };
};

test('a peer that asks for a table that is not there is told so', () =>
  against(async (target) => {
    const asked = wants('demo', '../../etc');
    assert.is(
      await sessionEnds(target, (control) => control.send(asked)),
      'SCM_SERVE_UNKNOWN_TABLE',
    );
  }));

test('a peer that asks for a table and then reads nothing of it is given up', () =>
  withTempFolder(async (folder) => {
    const target = await new Target(folder).start();
    await target.honestLoad();
    const listening = await target.listen();
    const control = await target.dial();
    await control.prepared(streamInit(newPlan()), wants('demo', 'with_none'));
    await control.send({ type: 'PrepareAck' });
    await target.inTime(control.rest());
    assert.equal(
      target.failures.map(({ code }) => code),
      ['SCM_STREAM_TIMEOUT'],
    );
    await listening.close();
    assert.is((await target.honestLoad()).verdict, 'complete');
    await target.close();
    assert.is((await sstablesBelow(target.data)).length, 2);
  }));

test('an honest STREAM with an absurd number at seeded places: nothing is left, whatever it meant', () =>
  against(async (target) => {
    const random = seededRandom(17);
    for (let round = 0; round < 40; round += 1) {
      const planId = newPlan();
      const honest = await honestStream(planId);
      const control = await target.dial();
      await control.prepared(streamInit(planId), prepareSyn({ files: honest.files }));
      const bytes = Buffer.from(encodeStreamMessage(honest.stream, CONTEXT));
      bytes.set(MAX, 1 + Math.floor(random() * (bytes.length - 5)));
      const file = await target.dial();
      await file.raw(bytes, new Uint8Array(1000));
      file.connection.destroy();
      control.connection.destroy();
      await target.failed(round + 1);
    }
  }));

const noSpace = (): Error =>
  Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

for (const step of ['makeDirectory', 'write', 'syncFile', 'rename', 'append'] as const) {
  test(`a disk that is full at ${step}: the session fails and says so, and nothing is left`, () => {
    let full = true;
    const fileSystem: ReceiveFileSystem = {
      ...nodeFileSystem,
      [step]: (...inputs: unknown[]) =>
        full
          ? Promise.reject(noSpace())
          : (nodeFileSystem[step] as (...all: unknown[]) => Promise<void>)(...inputs),
    };
    return against(
      async (target) => {
        const report = await target.honestLoad();
        assert.is(report.verdict, 'failed');
        const [failure] = target.failures;
        assert.equal(
          failure?.code === 'SCM_STREAM_FILE'
            ? [failure.fileCode, /ENOSPC/.test(failure.reason)]
            : failure,
          ['SCM_SSTABLE_IO', true],
        );
        assert.equal(await sstablesBelow(target.data).catch(() => []), []);
        full = false;
      },
      { fileSystem },
    );
  });
}

test('an honest load that is under way while others misbehave comes to its end', () =>
  withTempFolder(async (folder) => {
    const target = await new Target(folder).start();
    const running = load(
      {
        paths: [TABLE],
        target: { kind: 'direct', nodes: [AT] },
        rates: { entire: 1 },
        connections: 1,
      },
      { parts: partsWith(target.network.transport('10.0.0.9'), target.clock) },
    );
    let moved = 0;
    running.events$.subscribe(({ type }) => {
      if (type === 'FileChunk') moved += 1;
    });
    while (moved === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const name of ['TOC.txt', '.hidden'])
      await sessionEnds(target, async (control, planId) => {
        const honest = await honestStream(planId);
        await control.prepared(prepareSyn({ files: honest.files }));
        const file = await target.dial();
        await file.send(renamed(honest.stream, name));
      });
    running.throttle.setRates({ entire: 0 });
    const result = await running.result;
    assert.is(result._tag === 'Right' && result.right.verdict, 'complete');
    await target.close();
    assert.is((await sstablesBelow(target.data)).length, 1);
  }));

test.run();
