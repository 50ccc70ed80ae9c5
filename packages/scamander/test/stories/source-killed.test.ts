// A node that is pulled from is killed with SIGKILL at seeded moments: the pull says so, what it keeps is whole, and the same pull from the node that
// is back brings the rest and nothing twice.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemParts } from '../../src/parts.ts';
import type { PullOptions } from '../../src/pull/options.ts';
import { copyTable, snapshot, sstablesBelow, startNode } from '../harness.ts';
import { explained, pulled } from '../pull/pulled.ts';
import { bundleChild, Child } from './children.ts';
import { rowsOf } from './rows-of.ts';

const RELEASE = '5.0.6-nb';
const TABLES = ['users', 'readings', 'with_lz4'];
const KILLS = 6;
/** News of a node whose pull is not broken: a preview, and a session for each table. */
const MOMENTS = 70;
const ONE_TRY = { attempts: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1, jitter: 0 };

const portOf = async (child: Child): Promise<number> =>
  Number((await child.next())?.split(' ')[1] ?? Number.NaN);

/** Says whether the node was killed before the pull was over. */
const killedAt = (moment: number): Promise<boolean> =>
  withTempFolder(async (folder) => {
    const data = join(folder, 'data');
    for (const table of TABLES) copyTable(RELEASE, table, data);
    const source = await rowsOf(await sstablesBelow(data));
    const into = join(folder, 'pulled');
    const child = new Child('serve', data, moment);
    const endpoint = { host: '127.0.0.1', port: await portOf(child) };
    const options: PullOptions = {
      names: TABLES.map((table) => ({ keyspace: 'demo', table })),
      source: { kind: 'direct', nodes: [endpoint] },
      into,
      retry: ONE_TRY,
    };
    const first = pulled(options, systemParts).then(
      ({ report }) => report.verdict,
      (error: Error) => error.message,
    );
    const over = first.then(() => undefined);
    const stopped = await Promise.race([child.next(), over]);
    await child.kill();
    const verdict = await first;
    const kept = existsSync(into) ? await rowsOf(await sstablesBelow(into).catch(() => [])) : [];
    if (verdict === 'complete') assert.equal(kept, source, `stopped at ${stopped}`);
    else assert.ok(kept.length < source.length, `${verdict} after ${stopped}`);
    const back = await startNode({ dataDirectory: data, listen: endpoint }, systemParts);
    try {
      const { report } = await pulled(options, systemParts);
      assert.is(report.verdict, 'complete', explained(report));
    } finally {
      await back.close();
    }
    assert.equal(await rowsOf(await sstablesBelow(into)), source, `after ${stopped}`);
    const rests = snapshot(folder).filter(([path]) => /incoming|txn/.test(path));
    assert.equal(rests, []);
    return stopped !== undefined;
  });

test.before(bundleChild);

test('the node killed at seeded moments of a pull, and back again', async () => {
  const random = seededRandom(61);
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill += 1)
    if (await killedAt(Math.floor(((kill + random()) * MOMENTS) / KILLS) + 1)) killed += 1;
  assert.ok(killed >= KILLS - 1, `${killed} of ${KILLS} were killed in time`);
});

test.run();
