import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DirectionFaults, type Fault, randomFault } from '../src/faults.ts';
import { seededRandom } from '../src/seeded-random.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** The steps in short, with the bytes as text. */
const steps = (faults: readonly Fault[], ...chunks: Uint8Array[]): string[] => {
  const direction = new DirectionFaults(faults, 'forth');
  return chunks.flatMap((chunk) =>
    [...direction.take(chunk)].map((step) => {
      if (step.type === 'pass') return `pass ${[...step.bytes]}`;
      if (step.type === 'wait') return `wait ${step.ms}`;
      return step.type === 'cut' ? `cut ${step.how}` : step.fault.type;
    }),
  );
};

test('without faults everything passes as it is; the other direction’s are not ours', () => {
  const cut: Fault = { direction: 'back', atByte: 1, type: 'cut', how: 'fin' };
  assert.equal(steps([cut], bytes(1, 2), bytes(3)), ['pass 1,2', 'pass 3']);
});

test('a cut lets exactly the bytes before it through, wherever chunks end', () => {
  const cut: Fault = { direction: 'forth', atByte: 3, type: 'cut', how: 'reset' };
  assert.equal(steps([cut], bytes(1, 2, 3, 4)).slice(0, 3), ['pass 1,2,3', 'cut', 'cut reset']);
  assert.equal(steps([cut], bytes(1, 2), bytes(3)), ['pass 1,2', 'pass 3', 'cut', 'cut reset']);
  assert.equal(steps([{ ...cut, atByte: 0 }], bytes(1)).slice(0, 2), ['cut', 'cut reset']);
});

test('one byte is corrupted, also the first and one at a chunk’s start', () => {
  const corrupt: Fault = { direction: 'forth', atByte: 1, type: 'corrupt', xor: 4 };
  assert.equal(steps([corrupt], bytes(1, 2, 3)), ['pass 1', 'corrupt', 'pass 6', 'pass 3']);
  assert.equal(steps([corrupt], bytes(1), bytes(2, 3)), ['pass 1', 'corrupt', 'pass 6', 'pass 3']);
  assert.equal(steps([{ ...corrupt, atByte: 0 }], bytes(1)), ['corrupt', 'pass 5']);
});

test('a delay holds back what follows, a hole swallows it', () => {
  const delay: Fault = { direction: 'forth', atByte: 1, type: 'delay', ms: 70 };
  assert.equal(steps([delay], bytes(1, 2)), ['pass 1', 'delay', 'wait 70', 'pass 2']);
  const hole: Fault = { direction: 'forth', atByte: 2, type: 'hole' };
  assert.equal(steps([hole], bytes(1, 2, 3), bytes(4)), ['pass 1,2', 'hole']);
});

test('a throttle passes 16 KiB at once and waits in proportion', () => {
  const throttle: Fault = {
    direction: 'forth',
    atByte: 0,
    type: 'throttle',
    bytesPerSecond: 32_768,
  };
  const found = steps([throttle], new Uint8Array(20_480)).map((step) => step.slice(0, 8));
  assert.equal(found, ['throttle', 'pass 0,0', 'wait 500', 'pass 0,0', 'wait 125']);
});

test('several faults in the order of their places', () => {
  const faults: Fault[] = [
    { direction: 'forth', atByte: 2, type: 'cut', how: 'fin' },
    { direction: 'forth', atByte: 0, type: 'delay', ms: 1 },
    { direction: 'forth', atByte: 1, type: 'corrupt', xor: 1 },
  ];
  assert.equal(steps(faults, bytes(1, 2)), [
    'delay',
    'wait 1',
    'pass 1',
    'corrupt',
    'pass 3',
    'cut',
    'cut fin',
  ]);
});

test('a seed chooses within what it may choose from, the same each time', () => {
  const choice = {
    directions: ['back'],
    types: ['cut', 'corrupt', 'delay', 'throttle', 'hole'],
    bytes: 100,
  } as const;
  const many = (seed: number): Fault[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 200 }, () => randomFault(random, choice));
  };
  assert.equal(many(1), many(1));
  assert.ok(many(1).every(({ direction, atByte }) => direction === 'back' && atByte < 100));
  assert.is(new Set(many(1).map(({ type }) => type)).size, 5);
  assert.ok(many(1).every((fault) => fault.type !== 'corrupt' || fault.xor > 0));
});

test.run();
