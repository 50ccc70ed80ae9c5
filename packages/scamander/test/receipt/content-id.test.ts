// Content ids: the same for the same SSTable in another place under another name, another for every other SSTable.
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { componentPath, discover, type SSTableFiles } from '@scamander/sstable-io';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { contentIdOf } from '../../src/receipt/content-id.ts';
import { copyTable, sampleFolders } from '../samples.ts';

const found = async (folder: string): Promise<readonly SSTableFiles[]> =>
  (await discover([folder])).tables.flatMap(({ sstables }) => sstables);

const idOf = async (files: SSTableFiles): Promise<string> => {
  const id = await contentIdOf(files);
  if (id._tag === 'Left') throw id.left;
  return id.right;
};

const only = async (folder: string): Promise<SSTableFiles> => {
  const [files] = await found(folder);
  if (files === undefined) throw new Error(`no SSTable in ${folder}`);
  return files;
};

/** Copies an SSTable into a folder under another generation. */
const copyAs = ({ descriptor, components }: SSTableFiles, folder: string, id: string): void => {
  mkdirSync(folder, { recursive: true });
  for (const name of components.keys()) {
    const to = `${descriptor.version}-${id}-${descriptor.format}-${name}`;
    copyFileSync(componentPath(descriptor, name), join(folder, to));
  }
};

test('every sample has an id of its own, and keeps it in another folder and generation', () =>
  withTempFolder(async (folder) => {
    const ids = new Map<string, string>();
    for (const files of (await Promise.all(sampleFolders.map(found))).flat()) {
      const id = await idOf(files);
      assert.match(id, /^[0-9a-f]{64}$/);
      const { directory, prefix, table } = files.descriptor;
      assert.is(ids.get(id), undefined, `${directory} ${prefix} and ${ids.get(id)}`);
      ids.set(id, `${directory} ${prefix}`);
      const place = join(folder, String(ids.size), 'other', `${table}-copy`);
      copyAs(files, place, '4711');
      const copy = await only(place);
      assert.is(copy.descriptor.id, '4711');
      assert.is(await idOf(copy), id);
    }
    assert.ok(ids.size > 10);
  }));

test('neither the order of the TOC nor a summary that was made anew changes it', () =>
  withTempFolder(async (folder) => {
    const files = await only(copyTable('4.1.10-nb', 'users', folder));
    const id = await idOf(files);
    const toc = componentPath(files.descriptor, 'TOC.txt');
    const lines = readFileSync(toc, 'utf8').trim().split('\n');
    writeFileSync(toc, `${lines.reverse().join('\n')}\nSummary.db\n`);
    appendFileSync(componentPath(files.descriptor, 'Summary.db'), 'x');
    assert.is(await idOf(await only(folder)), id);
  }));

test('any other size, digest or statistic is another SSTable', () =>
  withTempFolder(async (folder) => {
    for (const release of ['4.1.10-nb', '5.0.6-da']) {
      const files = await only(copyTable(release, 'users', join(folder, release)));
      const id = await idOf(files);
      const { descriptor } = files;
      const seen = new Set([id]);
      for (const name of files.components.keys()) {
        if (name === 'TOC.txt' || name === 'Summary.db') continue;
        const path = componentPath(descriptor, name);
        const before = readFileSync(path);
        writeFileSync(path, Buffer.concat([before, Buffer.from('x')]));
        seen.add(await idOf(await only(join(folder, release))));
        writeFileSync(path, before);
      }
      assert.is(seen.size, files.components.size - (release === '4.1.10-nb' ? 1 : 0));
      for (const name of ['Digest.crc32', 'Statistics.db']) {
        const path = componentPath(descriptor, name);
        const before = readFileSync(path);
        const changed = Buffer.from(before);
        changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
        writeFileSync(path, changed);
        assert.is.not(await idOf(await only(join(folder, release))), id);
        writeFileSync(path, before);
      }
      assert.is(await idOf(await only(join(folder, release))), id);
    }
  }));

test('without a digest, what describes the blocks of Data.db takes its place', () =>
  withTempFolder(async (folder) => {
    const files = await only(copyTable('4.1.10-nb', 'users', folder));
    rmSync(componentPath(files.descriptor, 'Digest.crc32'));
    const id = await idOf(await only(folder));
    const name = files.components.has('CRC.db') ? 'CRC.db' : 'CompressionInfo.db';
    const path = componentPath(files.descriptor, name);
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    assert.is.not(await idOf(await only(folder)), id);
  }));

test('a component that is gone is an error that names it', () =>
  withTempFolder(async (folder) => {
    const directory = copyTable('4.1.10-nb', 'users', folder);
    const files = await only(folder);
    const path = componentPath(files.descriptor, 'Statistics.db');
    rmSync(path);
    const id = await contentIdOf(files);
    assert.is(id._tag === 'Left' && id.left.code, 'SCM_SSTABLE_NOT_FOUND');
    assert.is(id._tag === 'Left' && id.left.detail.file, path);
    assert.ok(readdirSync(directory).length > 0);
  }));

test.run();
