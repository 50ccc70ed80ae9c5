import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allCases } from '../src/cases/all.ts';
import { eventsSize } from '../src/datasets/events-dataset.ts';
import { wideSize } from '../src/datasets/wide-dataset.ts';
import { parseOptions } from '../src/options.ts';
import { casePages } from '../src/report/pages.ts';

const known = ['sender', 'receiver'];

test('no arguments: all cases, full size, nothing kept', () => {
  assert.equal(parseOptions([], known), {
    only: [],
    quick: false,
    jsonFile: undefined,
    write: false,
    render: false,
    clean: false,
    skipBuild: false,
    help: false,
  });
});

test('--only may be given again', () => {
  const options = parseOptions(['--only', 'sender', '--only', 'receiver', '--json', 'x'], known);
  assert.equal(options.only, ['sender', 'receiver']);
  assert.is(options.jsonFile, 'x');
});

test('an unknown case is refused with the known ones', () => {
  assert.throws(
    () => parseOptions(['--only', 'sendr'], known),
    (error: Error) => error instanceof TypeError && /sendr.*sender, receiver/.test(error.message),
  );
});

test('an unknown flag is refused', () => {
  assert.throws(() => parseOptions(['--fast'], known), TypeError);
});

test('quick numbers are never kept', () => {
  assert.throws(() => parseOptions(['--quick', '--write'], known), /--quick/);
});

test('every case has its page and its own name', () => {
  const names = allCases.map(({ name }) => name);
  assert.equal([...new Set(names)], names);
  assert.equal(Object.keys(casePages).sort(), [...names].sort());
});

test('datasets differ between quick and full size', () => {
  for (const { name, needs } of allCases) {
    // some cases make their own
    if (needs(true).length === 0) continue;
    const bytes = (quick: boolean): number =>
      needs(quick).reduce((sum, { rows, valueBytes }) => sum + rows * valueBytes, 0);
    assert.ok(bytes(true) > 0 && bytes(true) <= bytes(false), name);
  }
  assert.ok(eventsSize(true).devices < eventsSize(false).devices);
  assert.ok(wideSize(true).totalBytes < wideSize(false).totalBytes);
});

test.run();
