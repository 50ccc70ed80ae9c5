import { DEFAULT_RETRY } from '@scamander/scamander';
import { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { retryFlags } from '../../src/flags.ts';
import { type RetryFlags, retryPolicy } from '../../src/settings/retry-flags.ts';

const policy = (flags: RetryFlags) => {
  const read = retryPolicy(flags);
  if (read._tag === 'Left') throw new Error(`${read.left.where}: ${read.left.message}`);
  return read.right;
};

test('the flags say by themselves what the front door does without them', () => {
  const command = retryFlags(new Command()).parse([], { from: 'user' });
  assert.equal(policy(command.opts<RetryFlags>()), DEFAULT_RETRY);
});

test('--retries counts what comes after the first try', () => {
  assert.is(policy({}).attempts, 5);
  assert.is(policy({ retries: '0' }).attempts, 1);
  assert.is(policy({ retries: '9' }).attempts, 10);
});

test('--retry-delay is the first wait, and no later one is shorter', () => {
  assert.is(policy({ retryDelay: '0' }).firstDelayMs, 0);
  const patient = policy({ retryDelay: '120' });
  assert.equal([patient.firstDelayMs, patient.maxDelayMs], [120_000, 120_000]);
});

test('what is no number of tries or seconds is a wrong command line', () => {
  for (const flags of [{ retries: '-1' }, { retries: 'many' }, { retryDelay: '1.5' }]) {
    const read = retryPolicy(flags);
    assert.is(read._tag === 'Left' && read.left.kind, 'usage');
  }
});

test.run();
