// The end of a log.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileTail } from '../src/file-tail.ts';

test('the last bytes, the whole of a short file, nothing of a missing one', async () => {
  await withTempFolder((folder) => {
    const file = join(folder, 'log');
    writeFileSync(file, 'first\nlast\n');
    assert.is(fileTail(file, 5), 'last\n');
    assert.is(fileTail(file, 100), 'first\nlast\n');
    assert.is(fileTail(join(folder, 'none'), 5), '');
  });
});

test.run();
