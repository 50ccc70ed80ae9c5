// A load is killed with SIGKILL at seeded moments and run again with its ledger, until it is done. After each kill: what the ledger has is at
// the node, it has nothing twice, and nothing half-written is visible. In the end everything is there.
// Ten kills; fifty with SCAMANDER_SWEEP=whole in the environment.
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import { firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemParts } from '../../src/parts.ts';
import { contentIdOf } from '../../src/receipt/content-id.ts';
import type { EmbeddedNode } from '../../src/serve/serve.ts';
import { copyTable, SAMPLES, snapshot, sstablesBelow, startNode, tablesOf } from '../harness.ts';
import { acknowledgedIn, recordsIn } from '../load/ledger-records.ts';
import { bundleChild, Child } from './children.ts';

const KILLS = process.env['SCAMANDER_SWEEP'] === 'whole' ? 50 : 10;
const RELEASE = '5.0.6-nb';
/** A run that is not stopped has about so many. */
const MOMENTS = 250;

const contentsBelow = async (folder: string): Promise<readonly string[]> => {
  const contents: string[] = [];
  for (const files of await sstablesBelow(folder).catch(() => [])) {
    const content = await contentIdOf(files);
    if (content._tag === 'Left') throw content.left;
    contents.push(content.right);
  }
  return contents;
};

/** Sessions of a node that are not over. */
class OpenSessions {
  readonly #node: EmbeddedNode;
  readonly #open = new Set<string>();

  constructor(node: EmbeddedNode) {
    this.#node = node;
    node.events$.subscribe((event) => {
      if (event.type === 'SessionComplete' || event.type === 'SessionFailed')
        this.#open.delete(event.session.planId);
      else if (event.type === 'SessionConnected') this.#open.add(event.session.planId);
    });
  }

  async none(): Promise<void> {
    while (this.#open.size > 0) await firstValueFrom(this.#node.events$);
  }
}

const checkLedger = async (ledger: string, data: string): Promise<void> => {
  if (!existsSync(ledger)) return;
  const records = await acknowledgedIn(ledger);
  const keys = records.map(({ tableId, content, replica, ranges }) =>
    [tableId, content, replica, ...ranges].join(' '),
  );
  assert.is(new Set(keys).size, keys.length, 'nothing is acknowledged twice');
  const there = new Set(await contentsBelow(data));
  for (const { content, sstable } of records)
    assert.ok(there.has(content), `${sstable} is acknowledged, so it is there`);
};

const inWorld = (
  body: (world: {
    source: string;
    data: string;
    ledger: string;
    node: EmbeddedNode;
  }) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const source = join(folder, 'source');
    cpSync(join(SAMPLES, RELEASE), source, {
      recursive: true,
      filter: (path) => !/schema\.cql$|expected\.json$|snapshots$/.test(path),
    });
    const data = join(folder, 'data');
    const node = await startNode(
      {
        dataDirectory: data,
        listen: { host: '127.0.0.1', port: 0 },
        tables: await tablesOf([source]),
      },
      systemParts,
    );
    try {
      await body({ source, data, ledger: join(folder, 'ledger'), node });
    } finally {
      await node.close();
    }
  });

test.before(bundleChild);

test(`a load that is killed ${KILLS} times goes on each time, and ends complete`, async () => {
  const random = seededRandom(2026);
  let kills = 0;
  while (kills < KILLS)
    await inWorld(async ({ source, data, ledger, node }) => {
      const sessions = new OpenSessions(node);
      for (let said = ''; !said.startsWith('done'); ) {
        const stopAt = kills < KILLS ? 1 + Math.floor(random() * MOMENTS) : 0;
        const child = new Child('resume', source, node.endpoint.port, ledger, stopAt);
        said = (await child.next()) ?? 'it said nothing';
        await child.kill();
        await sessions.none();
        await checkLedger(ledger, data);
        if (said.startsWith('stopped')) kills += 1;
        else assert.match(said, /^done complete (acknowledged ?)+$/);
      }
      const wanted = new Set(await contentsBelow(source));
      assert.equal(new Set(await contentsBelow(data)), wanted, 'the union is complete');
      assert.is((await acknowledgedIn(ledger)).length, wanted.size);
      assert.is((await recordsIn(ledger)).at(-1)?.type, 'end');
      await node.close();
      const left = snapshot(data).filter(([path]) => /incoming|txn/.test(path));
      assert.equal(left, []);
    });
});

test('a ledger that can’t be written any more ends the load, and what it does not have does not count', () =>
  withTempFolder(async (folder) => {
    const source = copyTable(RELEASE, 'users', join(folder, 'source'));
    const data = join(folder, 'data');
    const ledger = join(folder, 'ledger');
    const node = await startNode(
      {
        dataDirectory: data,
        listen: { host: '127.0.0.1', port: 0 },
        tables: await tablesOf([source]),
      },
      systemParts,
    );
    try {
      Child.fileBlocksMax = 1;
      const child = new Child('resume', source, node.endpoint.port, ledger, 0);
      Child.fileBlocksMax = 'unlimited';
      const said = await child.next();
      await child.gone;
      assert.match(said ?? '', /^done failed SCM_LEDGER_IO (unknown|failed|acknowledged)/);
      assert.match(said ?? '', /unknown/, 'the node has it, and that is not remembered');
      const known = (await acknowledgedIn(ledger)).length;
      assert.is((said ?? '').match(/acknowledged/g)?.length ?? 0, known);
      const again = new Child('resume', source, node.endpoint.port, ledger, 0);
      assert.match((await again.next()) ?? '', /^done complete /);
      await again.gone;
      assert.is((await acknowledgedIn(ledger)).length, 2);
    } finally {
      await node.close();
    }
  }));

test.run();
