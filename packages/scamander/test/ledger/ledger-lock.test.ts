// One process at a time has a ledger, whatever became of the one before it; and what a killed process had written is there.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleLedgerChild, LedgerChild } from './ledger-children.ts';
import { acknowledged, opened, refused } from './records.ts';

test.before(bundleLedgerChild);

type Lock = {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
  readonly startTicks?: string;
};

const lockOf = (path: string): Lock => JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as Lock;

const writeLock = (file: string, lock: object): void => writeFileSync(file, JSON.stringify(lock));

/** The lock that this process takes. */
const ownLock = async (path: string): Promise<Lock> => {
  const ledger = await opened(path);
  const lock = lockOf(path);
  await ledger.close();
  return lock;
};

/** A process that is gone, as lock files name it. */
const deadLock = async (path: string): Promise<Lock> => {
  const child = new LedgerChild('hold', path);
  assert.match(await child.opened(), /^opened/);
  const lock = lockOf(path);
  await child.kill();
  return lock;
};

const locksIn = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.includes('.lock'));

test('within a process the second one is told who has it, and gets it after close', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const ledger = await opened(path);
    const error = await refused(path);
    assert.is(error.code, 'SCM_LEDGER_LOCKED');
    assert.match(error.message, `process ${process.pid} on this host (${hostname()}) since 2026-`);
    assert.is(error.retryable, true);
    assert.equal(locksIn(folder), ['ledger.lock']);
    await ledger.close();
    assert.equal(locksIn(folder), []);
    await (await opened(path)).close();
  }));

test('another process is told who has it, and gets it at once when the holder is killed', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const holder = new LedgerChild('hold', path);
    assert.is(await holder.opened(), 'opened 1');
    const error = await refused(path);
    assert.is(error.code, 'SCM_LEDGER_LOCKED');
    assert.match(error.message, `process ${holder.pid} `);
    assert.match(error.advice, `kill ${holder.pid}`);
    await holder.kill();
    assert.is(existsSync(`${path}.lock`), true);
    const ledger = await opened(path);
    assert.is(ledger.run, 2);
    assert.is(ledger.resumed, true);
    assert.is(lockOf(path).pid, process.pid);
    assert.equal(locksIn(folder), ['ledger.lock']);
    await ledger.close();
  }));

test('of several that find the lock of a dead process at the same time, one gets it', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    await deadLock(path);
    const children = Array.from({ length: 4 }, () => new LedgerChild('hold', path));
    for (const child of children) assert.is(await child.next(), 'ready');
    for (const child of children) child.go();
    const said = await Promise.all(children.map((child) => child.next()));
    const winners = children.filter((_, at) => said[at]?.startsWith('opened'));
    assert.is(winners.length, 1, said.join('; '));
    assert.is(
      said.filter((line) => line.startsWith('SCM_LEDGER_LOCKED')).length,
      3,
      said.join('; '),
    );
    assert.is(lockOf(path).pid, winners[0]?.pid);
    for (const child of winners) child.go();
    for (const child of children) await child.gone;
    assert.equal(locksIn(folder), []);
  }));

test('in one process too, of a hundred takers one gets it', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const dead = { ...(await ownLock(path)), startTicks: '1' };
    for (let round = 0; round < 5; round++) {
      writeLock(`${path}.lock`, { ...dead, token: `0${round}` });
      const verdicts = await Promise.all(
        Array.from({ length: 20 }, async () => {
          try {
            return await opened(path);
          } catch {
            return undefined;
          }
        }),
      );
      const winners = verdicts.filter((ledger) => ledger !== undefined);
      assert.is(winners.length, 1);
      await winners[0]?.close();
      assert.equal(locksIn(folder), []);
    }
  }));

test('a process that died while it took over is in nobody’s way', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const first = await deadLock(path);
    const second = { ...first, token: 'bb' };
    // it held the claim, and may have left the file it was about to put in place
    writeLock(`${path}.lock.${first.token}`, second);
    writeLock(`${path}.lock.bb.new`, second);
    const ledger = await opened(path);
    assert.equal(locksIn(folder), ['ledger.lock']);
    await ledger.close();
    // it had put its lock in place, and not yet removed the claim
    writeLock(`${path}.lock`, second);
    writeLock(`${path}.lock.${first.token}`, second);
    const again = await opened(path);
    assert.equal(locksIn(folder), ['ledger.lock']);
    await again.close();
    // while a living one takes over, it has it
    writeLock(`${path}.lock`, first);
    const living = {
      ...first,
      pid: process.pid,
      startTicks: (await ownLockBeside(folder)).startTicks,
    };
    writeLock(`${path}.lock.${first.token}`, living);
    assert.is((await refused(path)).code, 'SCM_LEDGER_LOCKED');
  }));

const ownLockBeside = (folder: string): Promise<Lock> => ownLock(join(folder, 'beside'));

test('a number that another process has by now holds nothing', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const own = await ownLock(path);
    if (own.startTicks === undefined) return;
    writeLock(`${path}.lock`, own);
    assert.is((await refused(path)).code, 'SCM_LEDGER_LOCKED');
    writeLock(`${path}.lock`, { ...own, startTicks: String(Number(own.startTicks) - 1) });
    await (await opened(path)).close();
    // the machine was started again since
    writeLock(`${path}.lock`, { ...own, bootId: '00000000-0000-0000-0000-000000000000' });
    await (await opened(path)).close();
  }));

test('of a process on another host, or in another container, nothing can be told', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const own = await ownLock(path);
    for (const other of [
      { ...own, host: 'elsewhere', pid: 1 },
      { ...own, pidSpace: 'pid:[1]', pid: 4_194_304 },
    ]) {
      writeLock(`${path}.lock`, other);
      const error = await refused(path);
      assert.is(error.code, 'SCM_LEDGER_LOCKED');
      assert.match(error.message, `on ${other.host} since`);
      assert.match(error.message, 'can’t be told from here');
      assert.match(error.advice, `remove ${path}.lock`);
      assert.equal(lockOf(path), other);
    }
  }));

test('a lock that names nobody is left to people', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    for (const text of ['', '{"pid":', '{"pid":1}', '[]', `"${'x'.repeat(5_000)}"`]) {
      writeFileSync(`${path}.lock`, text);
      const error = await refused(path);
      assert.is(error.code, 'SCM_LEDGER_LOCKED');
      assert.match(error.message, 'does not say by whom');
      assert.is(readFileSync(`${path}.lock`, 'utf8'), text);
    }
  }));

test('killed at any moment, what it said was written is there, and at most one record more', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const random = seededRandom(5);
    let runs = 0;
    let before = 0;
    for (let round = 0; round < 4; round++) {
      const child = new LedgerChild('append', path);
      assert.match(await child.opened(), /^opened/);
      const last = Math.floor(random() * 40);
      while (Number(await child.next()) < last);
      await child.kill();
      let said = last;
      for (let line = await child.next(); line !== ''; line = await child.next())
        said = Number(line);
      const ledger = await opened(path);
      runs += 2;
      assert.is(ledger.run, runs);
      const contents = ledger.records.flatMap((record) =>
        record.type === 'acknowledged' ? [record.content] : [],
      );
      const mine = contents.slice(before);
      assert.equal(
        mine,
        Array.from(mine, (_, at) => `c${at}`),
      );
      assert.ok(
        mine.length === said + 1 || mine.length === said + 2,
        `${mine.length}, said ${said}`,
      );
      before = contents.length;
      await ledger.close();
    }
  }));

test('where the disk is full the ledger is as it was, and takes smaller records again', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'ledger');
    const child = new LedgerChild('full', path);
    assert.is(await child.opened(), 'opened 1');
    assert.is(await child.next(), 'written, longer');
    assert.match(await child.next(), /^SCM_LEDGER_IO the ledger can’t be written: .*, same$/);
    assert.is(await child.next(), 'written, longer');
    await child.kill();
    const ledger = await opened(path);
    assert.equal(
      ledger.records.map((record) =>
        record.type === 'acknowledged' ? record.content.length : record.type,
      ),
      ['begin', 10_000, 10_000, 'begin'],
    );
    assert.is((await ledger.append(acknowledged('one')))._tag, 'Right');
    await ledger.close();
  }));

test.run();
