// Receipts read back from files: what was written is read, and what is wrong is named by its place.
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RECEIPT_BYTES_MAX, RECEIPT_COMPONENTS_MAX, RECEIPT_RANGES_MAX } from '../../src/limits.ts';
import { parseReceipt, readReceipt } from '../../src/receipt/read-receipt.ts';
import type { Receipt } from '../../src/receipt/receipt.ts';

const SHA = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const components = {
  'Data.db': { bytes: 0, crc32: 0, sha256: SHA },
  'TOC.txt': { bytes: 9, crc32: undefined, sha256: undefined },
  'SAI+aa+GroupComplete.db': { bytes: 1, crc32: 0xffffffff, sha256: undefined },
};

const receipt: Receipt = {
  format: 'scamander-receipt-2',
  job: 'load',
  from: '/backup',
  to: 'Test Cluster',
  run: 2,
  planIds: ['a', 'b'],
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:01.000Z',
  sources: [
    {
      sstable: '/backup/ks/t/nb-1-big-Data.db',
      version: 'nb',
      format: 'big',
      bytes: 10,
      content: SHA,
      components,
      verdict: 'refused',
      reasons: ['bad', 'old'],
    },
  ],
  deliveries: [
    {
      sstable: '/backup/ks/t/nb-1-big-Data.db',
      keyspace: 'ks',
      table: 't',
      replica: '[::1]:7000',
      mode: 'sections',
      modeReason: 'why',
      status: 'acknowledged',
      ranges: ['-9223372036854775808:0', ':5'],
      bytes: 12,
      protocolVersion: 12,
      planId: 'a',
      earlierRun: undefined,
      startedAt: undefined,
      finishedAt: undefined,
      reason: undefined,
    },
  ],
  receptions: [
    {
      sstable: 'ks/t-1/nb-1-big-Data.db',
      keyspace: 'ks',
      table: 't',
      tableId: 'id',
      replica: '10.0.0.1:7000',
      mode: 'entire',
      status: 'known',
      ranges: [],
      version: 'nb',
      content: SHA,
      components,
      bytes: 0,
      protocolVersion: undefined,
      planId: 'b',
      startedAt: undefined,
      finishedAt: undefined,
    },
  ],
};

const messageOf = async (json: string): Promise<string> => {
  const read = await parseReceipt(json, 'receipt.json');
  if (read._tag === 'Right') throw new Error('it was read');
  assert.is(read.left.kind, 'usage');
  assert.is(read.left.where, 'receipt.json');
  return read.left.message;
};

/** The receipt with one value changed. */
const changed = (path: readonly (string | number)[], value: unknown): string => {
  const copy = JSON.parse(JSON.stringify(receipt)) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1) ?? ''] = value;
  return JSON.stringify(copy);
};

test('what was written is read', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'receipt.json');
    writeFileSync(path, `${JSON.stringify(receipt)}\n`);
    const read = await readReceipt(path);
    assert.equal(read._tag === 'Right' && read.right, receipt);
  }));

test('keys of a later release are passed over', async () => {
  const read = await parseReceipt(changed(['deliveries', 0, 'colour'], 'red'), '');
  assert.equal(read._tag === 'Right' && read.right, receipt);
});

for (const [path, value, expected] of [
  [['job'], 'repair', /: job: expected "load" or "pull" or "copy"$/],
  [['run'], 'two', /: run: expected a whole number, 0 or more$/],
  [['from'], undefined, /: from: expected a text$/],
  [['deliveries'], {}, /: deliveries: expected a list$/],
  [['deliveries', 0], null, /: deliveries\[0\]: expected an object$/],
  [['deliveries', 0, 'bytes'], -1, /: deliveries\[0\]\.bytes: expected a whole number/],
  [['deliveries', 0, 'bytes'], 1e300, /: deliveries\[0\]\.bytes: expected a whole number/],
  [['deliveries', 0, 'ranges', 1], '1,2', /: deliveries\[0\]\.ranges\[1\]: expected a token range/],
  [
    ['sources', 0, 'components', 'Data.db', 'sha256'],
    'abc',
    /: sources\[0\]\.components\.Data\.db\.sha256: expected 64 hex digits$/,
  ],
  [
    ['receptions', 0, 'components'],
    { '../../etc/passwd': { bytes: 1 } },
    /: receptions\[0\]\.components\."\.\.\/\.\.\/etc\/passwd": expected the name of a component$/,
  ],
] as const)
  test(`${path.join('.')} = ${JSON.stringify(value)} is named by its place`, async () =>
    assert.match(await messageOf(changed(path, value)), expected));

test('lengths meet their limits before any item is looked at', async () => {
  const ranges = new Array<number>(RECEIPT_RANGES_MAX + 1).fill(0);
  assert.match(
    await messageOf(changed(['deliveries', 0, 'ranges'], ranges)),
    /: deliveries\[0\]\.ranges: expected no more than 262144 items$/,
  );
  const many = Object.fromEntries(
    Array.from({ length: RECEIPT_COMPONENTS_MAX + 1 }, (_, at) => [`${at}.db`, 'wrong']),
  );
  assert.match(
    await messageOf(changed(['sources', 0, 'components'], many)),
    /: sources\[0\]\.components: expected no more than 4096 keys$/,
  );
});

test('of several problems the first is named', async () => {
  const json = changed(['from'], 5).replace('"bytes":12', '"bytes":"12"');
  assert.match(await messageOf(json), /: from: expected a text$/);
});

test('a key __proto__ lends no other keys', async () => {
  // the first lets io-ts copy the delivery, the second would be found in the copy
  const lent = '"__proto__":{"ranges":["1:2"]},"sstable":';
  const json = changed(['deliveries', 0, 'ranges'], undefined);
  const at = json.lastIndexOf('"sstable":', json.indexOf('"modeReason"'));
  const spoilt = `${json.slice(0, at)}${lent}${json.slice(at + '"sstable":'.length)}`;
  assert.match(
    await messageOf(spoilt.replace('"modeReason":"why",', '')),
    /: deliveries\[0\]\.ranges: expected a list$/,
  );
});

test('what is no receipt says so', async () => {
  assert.match(await messageOf('{"format":'), /no JSON/);
  assert.match(await messageOf('[]'), /no receipt of scamander/);
  assert.match(await messageOf('{"format":"other"}'), /no receipt of scamander/);
  assert.match(await messageOf('{"format":"scamander-receipt-1","sources":[]}'), /format 1/);
  assert.match(
    await messageOf('{"format":"scamander-receipt-3"}'),
    /format: expected "scamander-receipt-2"/,
  );
});

test('a file that is missing, a folder, or too large is not read', () =>
  withTempFolder(async (folder) => {
    const code = async (path: string): Promise<string | false> => {
      const read = await readReceipt(path);
      return read._tag === 'Left' && read.left.code;
    };
    assert.is(await code(join(folder, 'none')), 'SCM_RECEIPT_IO');
    assert.is(await code(folder), 'SCM_RECEIPT_IO');
    const large = join(folder, 'large');
    writeFileSync(large, '');
    truncateSync(large, RECEIPT_BYTES_MAX + 1);
    assert.is(await code(large), 'SCM_RECEIPT_FORMAT');
  }));

test.run();
