import {
  cqlName,
  isReadableAs,
  parseCqlName,
  resolveUdts,
  sameType,
  typeString,
} from '@scamander/cql-types';
import { sharedTest } from '@scamander-tools/testing';
import { isLeft } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createdBeside } from './created.ts';
import { realHeaders } from './headers.ts';
import { typeOf } from './matrices.ts';

sharedTest(test, 'every type string of every real header is written back letter by letter', () => {
  const strings = new Map<string, boolean>();
  const versions = new Set<string>();
  for (const header of realHeaders()) {
    versions.add(header.version);
    // 3.0 leaves FrozenType out around user types (spec: sstable-data §7.2, §16 pitfall 18).
    const isCanonical = !header.file.includes('/real/3.0.');
    for (const text of [header.keyType, ...header.clusteringTypes, ...header.columns.values()])
      strings.set(text, isCanonical || strings.get(text) === true);
  }
  for (const version of ['me', 'nb', 'oa', 'da']) assert.ok(versions.has(version), version);
  assert.ok(strings.size > 50, `${strings.size}`);
  for (const [text, isCanonical] of strings) {
    const type = typeOf(text);
    assert.is.not(type.kind, 'custom', text);
    if (isCanonical) assert.is(typeString(type), text);
    else assert.ok(sameType(typeOf(typeString(type)), type), text);
  }
});

sharedTest(test, 'the types of real headers are those of the CREATE statements beside them', () => {
  let compared = 0;
  const wrong: string[] = [];
  for (const header of realHeaders()) {
    const created = createdBeside(header.file);
    if (created === undefined) continue;
    const udts = resolveUdts('fx', created.types);
    if (isLeft(udts)) throw udts.left;
    for (const [name, text] of header.columns) {
      const declared = created.columns.get(name);
      if (declared === undefined) continue;
      const type = parseCqlName(declared, udts.right);
      if (isLeft(type)) throw type.left;
      compared += 1;
      const isSame = sameType(type.right, typeOf(text)) && typeString(type.right) === text;
      if (!isSame || !isReadableAs(typeOf(text), type.right))
        wrong.push(`${header.file} ${name}: ${declared} is ${typeString(type.right)}, not ${text}`);
    }
  }
  assert.equal(wrong.slice(0, 10), [], `${wrong.length} of ${compared}`);
  assert.ok(compared > 1000, `${compared}`);
});

sharedTest(test, 'the CQL name of a header type is read back to the same type', () => {
  for (const header of realHeaders()) {
    const created = createdBeside(header.file);
    const udts = resolveUdts('fx', created?.types ?? []);
    if (isLeft(udts)) throw udts.left;
    for (const text of header.columns.values()) {
      const type = typeOf(text);
      if (text.includes('UserType') && created === undefined) continue;
      const back = parseCqlName(cqlName(type), udts.right);
      if (isLeft(back)) throw back.left;
      assert.ok(sameType(back.right, type), `${header.file}: ${text} as ${cqlName(type)}`);
    }
  }
});

test.run();
