// Captured sessions of real releases: every message decodes, re-encodes to the same bytes, and is where the README lists it.
import { readdirSync, readFileSync } from 'node:fs';
import { Murmur3Partitioner } from '@scamander/ring';
import {
  type CassandraStreamHeader,
  decodeAccept,
  decodeBlockHeader,
  decodeInitiate,
  decodeStreamMessage,
  encodeAccept,
  encodeInitiate,
  encodeStreamMessage,
  isStreamingVersion,
  payloadPlan,
  type STREAM_MESSAGE_IDS,
  StreamMessageReader,
  summaryFiles,
  transferSize,
  type WireContext,
} from '@scamander/wire-codec';
import { fixture, sharedTest } from '@scamander-tools/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hexOf, messageOf } from '../harness.ts';

const test = suite('transcripts of 4.0 and later');
const RELEASES = ['4.0.19', '4.1.10', '5.0.6', '6.0-alpha2'];

interface Listed {
  readonly offset: number;
  readonly length: number;
  readonly name: string;
  readonly text: string;
}

/** `## name` headings, then lines `> offset length text` in a fenced block. */
const readListing = (release: string): Map<string, Listed[]> => {
  const listing = new Map<string, Listed[]>();
  let scenario = '';
  for (const line of readFileSync(fixture('transcripts', release, 'README.md'), 'utf8').split(
    '\n',
  )) {
    const heading = /^## (\S+)/.exec(line);
    if (heading !== null) scenario = heading[1] as string;
    const entry = /^([<>])\s+(\d+)\s+(\d+)\s+((\S+).*)$/.exec(line);
    if (entry === null) continue;
    const file = `${scenario}.${entry[1] === '>' ? 'initiator' : 'follower'}.bin`;
    const list = listing.get(file) ?? [];
    list.push({
      offset: Number(entry[2]),
      length: Number(entry[3]),
      text: entry[4] as string,
      name: (entry[5] as string).replace(':', ''),
    });
    listing.set(file, list);
  }
  return listing;
};

const bytesOf = (release: string, file: string): Uint8Array =>
  new Uint8Array(readFileSync(fixture('transcripts', release, file)));

const NAMES: Record<string, keyof typeof STREAM_MESSAGE_IDS> = {
  PREPARE_SYN: 'PrepareSyn',
  STREAM: 'Stream',
  RECEIVED: 'Received',
  COMPLETE: 'Complete',
  SESSION_FAILED: 'SessionFailed',
  KEEP_ALIVE: 'KeepAlive',
  PREPARE_SYNACK: 'PrepareSynAck',
  PREPARE_ACK: 'PrepareAck',
  STREAM_INIT: 'StreamInit',
};

/** Payload bytes from `at` on, as the header plans them; blocks are walked for uncompressed sections. */
const payloadBytes = (bytes: Uint8Array, at: number, header: CassandraStreamHeader): number => {
  const plan = payloadPlan(header);
  if (plan.kind !== 'uncompressed-sections') return Number(plan.bytes);
  let decoded = 0n;
  let taken = 0;
  while (decoded < plan.decodedBytes) {
    const block = messageOf(decodeBlockHeader(bytes.subarray(at + taken)));
    decoded += BigInt(block.value.uncompressedLength);
    taken += block.bytes + block.value.compressedLength;
  }
  assert.is(decoded, plan.decodedBytes);
  return taken;
};

/** What the listing says of a STREAM or its payload, in numbers that do not come from our decoder. */
const checkHeader = (header: CassandraStreamHeader, listed: Listed, payload: Listed): void => {
  assert.match(listed.text, ` version=${header.sstableVersion} format=${header.formatName} `);
  const sections = header.sections.map(({ lower, upper }) => `(${lower}, ${upper})`).join(', ');
  assert.match(listed.text, `sections=[${sections}]`);
  assert.match(listed.text, `entire=${header.entire === undefined ? 'False' : 'True'}`);
  const { compression } = header;
  if (compression !== undefined) {
    const chunks = Array.from(
      compression.chunkOffsets,
      (offset, index) => `(${offset}, ${compression.chunkLengths[index]})`,
    );
    assert.match(listed.text, `chunks=[${chunks.join(', ')}], name=${compression.compressor}`);
  }
  if (header.entire === undefined) {
    assert.is(summaryFiles(header), 1);
    return;
  }
  const files = header.entire.manifest.map(({ name, lengthBytes }) => `${name} ${lengthBytes}`);
  assert.is(payload.text, `payload: ${files.join(', ')}`);
  assert.is(summaryFiles(header), files.length);
  assert.is(transferSize(header), BigInt(payload.length));
  assert.match(listed.text, `first_key=${hexOf(header.entire.firstKey)}`);
};

const versionOf = (release: string, file: string): number =>
  messageOf(decodeAccept(bytesOf(release, file.replace('.initiator.', '.follower.')))).value
    .useVersion;

const walkHandshake = (bytes: Uint8Array, file: string): number => {
  if (file.includes('.initiator.')) {
    const initiate = messageOf(decodeInitiate(bytes));
    assert.is(hexOf(encodeInitiate(initiate.value)), hexOf(bytes.subarray(0, initiate.bytes)));
    assert.ok(initiate.value.streaming);
    return initiate.bytes;
  }
  const accept = messageOf(decodeAccept(bytes));
  assert.is(hexOf(encodeAccept(accept.value)), hexOf(bytes.subarray(0, accept.bytes)));
  return accept.bytes;
};

const walk = (release: string, file: string, listed: readonly Listed[]): void => {
  const bytes = bytesOf(release, file);
  const version = versionOf(release, file);
  if (!isStreamingVersion(version)) throw new Error(`${file} has version ${version}`);
  const context: WireContext = { version, partitioner: Murmur3Partitioner };
  let at = walkHandshake(bytes, file);
  let index = 1;
  for (; at < bytes.length; index++) {
    const entry = listed[index] as Listed;
    const { value, bytes: length } = messageOf(decodeStreamMessage(bytes.subarray(at), context));
    assert.equal([at, length, value.type], [entry.offset, entry.length, NAMES[entry.name]], file);
    const again = encodeStreamMessage(value, context);
    assert.is(hexOf(again), hexOf(bytes.subarray(at, at + length)), `${file} at ${at}`);
    at += length;
    if (value.type !== 'Stream') continue;
    index += 1;
    const payload = listed[index] as Listed;
    const payloadLength = payloadBytes(bytes, at, value.header);
    assert.equal([at, payloadLength], [payload.offset, payload.length], file);
    checkHeader(value.header, entry, payload);
    at += payloadLength;
  }
  assert.is(at, bytes.length);
  assert.is(index, listed.length);
};

/** The same through the reader, fed in pieces; payload is taken off by its plan. */
const walkInPieces = (release: string, file: string, pieceBytes: number): string[] => {
  const bytes = bytesOf(release, file);
  const version = versionOf(release, file);
  if (!isStreamingVersion(version)) throw new Error(`${file} has version ${version}`);
  const reader = new StreamMessageReader({ version, partitioner: Murmur3Partitioner });
  const types: string[] = [];
  let at = file.includes('.initiator.') ? 19 : 12;
  while (at < bytes.length) {
    reader.push(bytes.subarray(at, at + pieceBytes));
    at = Math.min(bytes.length, at + pieceBytes);
    for (let answer = reader.next(); answer.kind !== 'need-more'; answer = reader.next()) {
      const { value } = messageOf(answer);
      types.push(value.type);
      if (value.type !== 'Stream') continue;
      const payloadAt = at - reader.remaining().length;
      at = payloadAt + payloadBytes(bytes, payloadAt, value.header);
      break;
    }
  }
  assert.is(reader.bytesWaiting, 0);
  return types;
};

for (const release of RELEASES) {
  sharedTest(
    test,
    `${release}: every file decodes to its last byte and re-encodes identically`,
    () => {
      const listing = readListing(release);
      const files = readdirSync(fixture('transcripts', release)).filter((name) =>
        name.endsWith('.bin'),
      );
      assert.ok(files.length >= 8);
      for (const file of files) walk(release, file, listing.get(file) ?? []);
    },
  );

  sharedTest(test, `${release}: the same messages come out of pieces of 1, 7 and 64 bytes`, () => {
    const listing = readListing(release);
    for (const [file, listed] of listing) {
      const names = listed.slice(1).filter(({ name }) => name !== 'payload');
      const expected = names.map(({ name }) => NAMES[name] as string);
      for (const pieceBytes of [1, 7, 64])
        assert.equal(walkInPieces(release, file, pieceBytes), expected, file);
    }
  });
}

test.run();
