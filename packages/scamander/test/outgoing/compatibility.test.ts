import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { passageTo } from '../../src/outgoing/compatibility.ts';

type Row = [
  release: string,
  streaming: 12 | 13 | 14,
  version: string,
  format: 'big' | 'bti',
  entire: boolean,
  sections: boolean,
];

// streaming-4.0-plus §4.4: what each release was seen to take on a live node, and what it must never get.
const table: Row[] = [
  ['4.0.19', 12, 'nb', 'big', true, true],
  ['4.0.19', 12, 'na', 'big', true, true],
  ['4.0.19', 12, 'me', 'big', true, true],
  ['4.0.19', 12, 'ma', 'big', true, true],
  ['4.0.19', 12, 'oa', 'big', false, false],
  ['4.0.19', 12, 'da', 'bti', false, false],
  ['4.1.10', 12, 'nb', 'big', true, true],
  ['4.1.10', 12, 'oa', 'big', false, false],
  ['4.1.10', 12, 'da', 'bti', false, false],
  ['4.1.10', 12, 'la', 'big', false, false],
  ['5.0.6', 12, 'nb', 'big', true, true],
  ['5.0.6', 12, 'oa', 'big', false, true],
  ['5.0.6', 12, 'da', 'bti', true, true],
  ['5.0.6', 13, 'nb', 'big', true, true],
  ['5.0.6', 13, 'oa', 'big', true, true],
  ['5.0.6', 13, 'da', 'bti', true, true],
  ['5.0.6', 13, 'pa', 'big', false, false],
  ['5.0.6', 13, 'ea', 'bti', false, false],
  ['6.0-alpha2', 14, 'me', 'big', false, true],
  ['6.0-alpha2', 14, 'nb', 'big', true, true],
  ['6.0-alpha2', 14, 'oa', 'big', true, true],
  ['6.0-alpha2', 14, 'da', 'bti', true, true],
  ['6.0-alpha2', 14, 'pa', 'big', true, true],
  ['6.0-alpha2', 14, 'ea', 'bti', true, true],
  ['6.0-alpha2', 14, 'ma', 'big', false, false],
  ['3.11.19', 12, 'me', 'big', false, false],
];

for (const [releaseVersion, streamingVersion, version, format, entire, sections] of table) {
  test(`${version}-${format} to ${releaseVersion} (streaming ${streamingVersion})`, () => {
    const passage = passageTo({ releaseVersion, streamingVersion }, version, format);
    assert.is(passage.entire === true, entire, String(passage.entire));
    assert.is(passage.sections === true, sections, String(passage.sections));
  });
}

test('an embedded node takes everything whole, and sections whose rows we read', () => {
  const target = { releaseVersion: undefined, streamingVersion: 14 } as const;
  for (const version of ['ma', 'me', 'na', 'nb', 'oa'])
    assert.equal(passageTo(target, version, 'big'), { entire: true, sections: true });
  assert.equal(passageTo(target, 'da', 'bti'), { entire: true, sections: true });
  for (const [version, format] of [
    ['pa', 'big'],
    ['la', 'big'],
    ['ea', 'bti'],
  ] as const) {
    const passage = passageTo(target, version, format);
    assert.is(passage.entire, true);
    assert.match(String(passage.sections), /reads the rows of/);
  }
});

test('a refusal says why', () => {
  const passage = passageTo({ releaseVersion: '5.0.6', streamingVersion: 12 }, 'oa', 'big');
  assert.match(String(passage.entire), /refuse to start/);
});

test.run();
