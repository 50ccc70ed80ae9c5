// Random faults, repeatable by their seed: whatever breaks, the report is true. Who is said to have everything has it, who is not said so is named,
// and nothing half-written is left anywhere.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { discover } from '@scamander/sstable-io';
import { systemClock } from '@scamander/throttle';
import { type ConnectionFaults, faultyTransport } from '@scamander/transport';
import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sstablesBelow } from '../harness.ts';
import { rowsOf } from '../stories/rows-of.ts';
import { copied, OURS, targetAt, withCopyWorld } from './copies.ts';

/** With 12 the only replica of a unit fails while further files of the unit come. */
const SEEDS = [1, 2, 3, 4, 5, 6, 12];
const CONNECTIONS = 60;
const BYTES = 30_000;

/** One of six connections breaks, at some byte, in some way. */
const randomFaults = (random: () => number): Record<number, ConnectionFaults> => {
  const faults: Record<number, ConnectionFaults> = {};
  for (let index = 0; index < CONNECTIONS; index++) {
    if (random() > 1 / 6) continue;
    const atByte = Math.floor(random() * BYTES);
    const how = random() < 0.5 ? 'end' : 'reset';
    const kind = random();
    if (kind < 0.2) faults[index] = { refuse: true };
    else if (kind < 0.5) faults[index] = { out: { cut: { atByte, how } } };
    else if (kind < 0.8) faults[index] = { in: { cut: { atByte, how } } };
    else faults[index] = { in: { pieceBytesMax: 1 + Math.floor(random() * 500) } };
  }
  return faults;
};

const staged = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.includes('.scamander-incoming') && /\.(db|crc32|log)$/.test(path),
  );

for (const seed of SEEDS)
  test(`seed ${seed}`, () =>
    withCopyWorld({ sources: 2, targets: 2 }, async (world) => {
      const random = seededRandom(seed);
      const inner = world.network.transport(OURS);
      const plan = { dialled: randomFaults(random), accepted: randomFaults(random) };
      const transport = faultyTransport(inner, plan, { clock: systemClock, random });
      const { report } = await copied(
        world.options({
          names: [
            { keyspace: 'demo', table: 'users' },
            { keyspace: 'demo', table: 'with_lz4' },
          ],
          retry: { attempts: 4, firstDelayMs: 1, factor: 1, maxDelayMs: 1, jitter: 0 },
          silenceTimeoutMs: 5_000,
          dialBackTimeoutMs: 500,
        }),
        { ...world.parts, transport: () => transport },
      );
      await Promise.all(world.targets.map((node) => node.close()));
      const expected = new Set(await rowsOf(await sstablesBelow(join(world.folder, 'source-0'))));
      const wanted = [...expected].filter((line) => /^(users|with_lz4) /.test(line));
      const named = `${report.consistency} ${report.problems.map(({ message }) => message).join(' ')}`;
      for (const target of [0, 1]) {
        const files = (await discover([world.dataOf(target)])).tables.flatMap(
          ({ sstables }) => sstables,
        );
        const rows = new Set(await rowsOf(files));
        const hasAll = wanted.every((line) => rows.has(line));
        const isNamed = named.includes(targetAt(target).host);
        if (report.verdict === 'complete') assert.ok(hasAll, `target ${target} has everything`);
        else if (!isNamed && report.verdict === 'partial') assert.ok(hasAll, named);
        for (const line of rows) assert.ok(expected.has(line), 'only what the source has');
        assert.equal(staged(world.dataOf(target)), []);
      }
      console.log(`  seed ${seed}: ${report.verdict}`);
    }));

test.run();
