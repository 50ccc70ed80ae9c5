// Either side of a load of a large SSTable is killed: its bytes go by the kernel, and its checksums are computed in threads beside them, which
// live on when the main thread stands still. The destination is as before or complete all the same.
import { join } from 'node:path';
import { discover } from '@scamander/sstable-io';
import { withTempFolder } from '@scamander-tools/testing';
import { filter, firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LATE_DIGEST_BYTES_MIN } from '../../src/limits.ts';
import { load } from '../../src/load/load.ts';
import type { LoadOptions } from '../../src/load/options.ts';
import { systemParts } from '../../src/parts.ts';
import { ONE_TRY, snapshot, startNode, tablesOf } from '../harness.ts';
import { bundleChild, Child } from './children.ts';
import { writeLargeSSTable } from './large-sstable.ts';

const VALUE_BYTES = 4000;
/** Twice what is verified beforehand, and above what goes through our own buffers while no thread runs. */
const PARTITIONS = Math.ceil((2 * LATE_DIGEST_BYTES_MIN) / VALUE_BYTES);

const optionsFor = (source: string, port: number): LoadOptions => ({
  paths: [source],
  target: { kind: 'direct', nodes: [{ host: '127.0.0.1', port }] },
  retry: ONE_TRY,
});

const visible = async (data: string): Promise<number> => {
  const { tables } = await discover([data]);
  return tables.reduce((sum, { sstables }) => sum + sstables.length, 0);
};

const nothingLeftOver = (data: string): void => {
  const left = snapshot(data)
    .map(([path]) => path)
    .filter((path) => /incoming|txn/.test(path));
  assert.equal(left, []);
};

const listening = async (data: string, source: string) =>
  startNode(
    {
      dataDirectory: data,
      listen: { host: '127.0.0.1', port: 0 },
      tables: await tablesOf([source]),
    },
    systemParts,
  );

const inFolder = (body: (source: string, data: string) => Promise<void>): Promise<void> =>
  withTempFolder((folder) =>
    body(writeLargeSSTable(join(folder, 'source'), PARTITIONS, VALUE_BYTES), join(folder, 'data')),
  );

test.before(bundleChild);

test('the node killed while the bytes come, while they are synced, before and after the commit', () =>
  inFolder(async (source, data) => {
    await (await listening(data, source)).close();
    let before = 0;
    for (const [moment, isThere] of [
      ['FileChunk', false],
      ['before syncFile', false],
      ['FileReceived', false],
      ['before rename', false],
      ['TableCommitted', true],
    ] as const) {
      const child = new Child('serve', data, moment);
      const port = Number((await child.next())?.split(' ')[1]);
      const running = load(optionsFor(source, port));
      assert.match((await child.next()) ?? 'it was over before', `${moment}`);
      await child.kill();
      const result = await running.result;
      assert.is(result._tag === 'Right' && result.right.verdict, 'failed', moment);
      const node = await listening(data, source);
      await node.close();
      nothingLeftOver(data);
      const seen = await visible(data);
      assert.is(seen, before + (isThere ? 1 : 0), moment);
      before = seen;
    }
  }));

test('the sender killed while its digest is computed, and when it is known: the node never completes without it', () =>
  inFolder(async (source, data) => {
    const node = await listening(data, source);
    try {
      let before = 0;
      for (const [moment, isHeldBack] of [
        ['FileStarted', true],
        ['FileChunk', true],
        ['Verified', true],
        ['FileSent', false],
      ] as const) {
        let began = false;
        const beginning = node.events$.subscribe(() => {
          began = true;
        });
        const over = firstValueFrom(
          node.events$.pipe(
            filter(({ type }) => type === 'SessionComplete' || type === 'SessionFailed'),
          ),
          { defaultValue: undefined },
        );
        const child = new Child('load', source, node.endpoint.port, moment);
        assert.match((await child.next()) ?? 'it was over before', `${moment}`);
        await child.kill();
        // The digest may be known before the first connection is there.
        if (began) await over;
        beginning.unsubscribe();
        const seen = await visible(data);
        assert.ok(seen === before || (seen === before + 1 && !isHeldBack), `${seen}: ${moment}`);
        before = seen;
      }
      const again = await load(optionsFor(source, node.endpoint.port)).result;
      assert.is(again._tag === 'Right' && again.right.verdict, 'complete', 'the node lives on');
    } finally {
      await node.close();
    }
    nothingLeftOver(data);
  }));

test.run();
