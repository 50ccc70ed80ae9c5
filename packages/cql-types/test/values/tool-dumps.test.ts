// What the releases' own dump tools print for values, read as JSON or text, encoded, and printed again: the same letters. That our text is
// what they print for the bytes in the SSTables is tested where SSTables are read.
import {
  type CqlType,
  encodeJson,
  encodeText,
  jsonOfValue,
  parseExactJson,
  textOfValue,
  typeString,
  valueProblem,
} from '@scamander/cql-types';
import { sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DUMPED, dumpedValues } from './dumped-values.ts';

const isCounter = (type: CqlType): boolean => type.kind === 'native' && type.name === 'counter';

/** JSON has null where the value is NaN or infinite. */
const saysAll = (type: CqlType, json: string): boolean =>
  !isCounter(type) && !(/Float|Double/.test(typeString(type)) && json.includes('null'));

for (const folder of DUMPED) {
  sharedTest(test, `${folder}: values of dumps are encoded, and printed as they were`, () => {
    const { json, plain } = dumpedValues(folder);
    assert.ok(json.length > 10_000 && plain.length > 2_000, `${json.length}, ${plain.length}`);
    for (const { table, type, text } of json) {
      if (!saysAll(type, text)) continue;
      const parsed = parseExactJson(text);
      const bytes = parsed._tag === 'Right' ? encodeJson(type, parsed.right) : parsed;
      if (bytes._tag === 'Left') throw new Error(`${table} ${text}`, { cause: bytes.left });
      assert.is(jsonOfValue(type, bytes.right), text, table);
      assert.is(valueProblem(type, bytes.right), undefined, text);
    }
    for (const { table, type, text } of plain) {
      // the text of tuples is not the literal that is read
      if (type.kind === 'tuple' || type.kind === 'udt') continue;
      const bytes = encodeText(type, text);
      if (bytes._tag === 'Left') throw new Error(`${table} ${text}`, { cause: bytes.left });
      assert.is(textOfValue(type, bytes.right), text, table);
    }
  });
}

test.run();
