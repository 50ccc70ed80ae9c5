import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sharedFolder, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatToc, parseToc, readToc, writeToc } from '../../src/directory/toc.ts';
import { TEXT_COMPONENT_BYTES_MAX } from '../../src/limits.ts';

test('sorted, one a line, itself included, each once', () => {
  assert.is(formatToc(['Index.db', 'Data.db', 'Data.db']), 'Data.db\nIndex.db\nTOC.txt\n');
});

test('both line ends, any order, blank lines', () => {
  assert.equal(
    [...(parseToc('TOC.txt\r\nData.db\n\n Index.db \n') ?? [])],
    ['TOC.txt', 'Data.db', 'Index.db'],
  );
  assert.is(parseToc('Data.db\n../x\n'), undefined);
  assert.is(parseToc('Data\u0000.db\n'), undefined);
});

test('written, read, replaced, missing, too long', () =>
  withTempFolder(async (directory) => {
    const place = { directory, prefix: 'nb-1-big-' };
    const missing = await readToc(place);
    assert.ok(missing._tag === 'Right' && missing.right === undefined);
    for (const names of [['Data.db'], ['Data.db', 'Index.db']]) {
      assert.is((await writeToc(place, names))._tag, 'Right');
      const read = await readToc(place);
      assert.ok(read._tag === 'Right');
      assert.equal([...(read.right ?? [])], [...names, 'TOC.txt']);
    }
    writeFileSync(join(directory, 'nb-1-big-TOC.txt'), 'x'.repeat(TEXT_COMPONENT_BYTES_MAX + 1));
    const long = await readToc(place);
    assert.ok(long._tag === 'Left');
    assert.is(long.left.code, 'SCM_SSTABLE_TOO_LONG');
    const nowhere = await writeToc({ directory: join(directory, 'no'), prefix: '' }, []);
    assert.ok(nowhere._tag === 'Left');
  }));

sharedTest(test, 'the TOC.txt of 5.0 is what we would write', () => {
  const folder = join(sharedFolder as string, 'fixtures', 'real');
  let compared = 0;
  for (const release of ['5.0.6-nb', '5.0.6-oa', '5.0.6-da'])
    for (const path of readdirSync(join(folder, release), { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('-TOC.txt')) continue;
      const text = readFileSync(join(folder, release, path), 'latin1');
      assert.is(formatToc(parseToc(text) ?? []), text, dirname(path));
      compared += 1;
    }
  assert.ok(compared > 50);
});

test.run();
