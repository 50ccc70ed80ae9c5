// Names of releases and what follows from them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RealCassandraFailure } from '../src/errors.ts';
import {
  defaultReleaseNames,
  oneRelease,
  parseRelease,
  releases,
  representativeReleases,
} from '../src/release.ts';

test('a plain version is a release without settings', () => {
  const release = parseRelease('4.1.10');
  assert.is(release.version, '4.1.10');
  assert.is(release.family, '4.1');
  assert.is(release.streamingVersion, 12);
  assert.equal(release.yaml, {});
});

test('-none means storage_compatibility_mode NONE, which speaks 13', () => {
  const release = parseRelease('5.0.6-none');
  assert.is(release.version, '5.0.6');
  assert.is(release.streamingVersion, 13);
  assert.equal(release.yaml, { storage_compatibility_mode: 'NONE' });
});

test('an alpha keeps its full version', () => {
  assert.is(parseRelease('6.0-alpha2').version, '6.0-alpha2');
  assert.is(parseRelease('6.0-alpha2').family, '6.0');
});

test('families that cannot be booted are refused by name', () => {
  for (const name of ['3.11.19', '4.1.10-none', '', 'latest']) {
    assert.throws(
      () => parseRelease(name),
      (error: Error) =>
        error instanceof RealCassandraFailure && error.detail.code === 'SCM_RELEASE_UNKNOWN',
    );
  }
});

test('long lanes run two of the default releases, all where it is asked for, and what is chosen where those two are not', () => {
  const names = (chosen: string, lanes?: string): readonly string[] =>
    representativeReleases(releases(chosen), lanes).map(({ name }) => name);
  assert.equal(names(''), ['4.1.10', '5.0.6-none']);
  assert.equal(names('', 'whole'), defaultReleaseNames);
  assert.equal(names('4.0.19,5.0.6'), ['4.0.19', '5.0.6']);
  assert.equal(names('4.0.19,4.1.10'), ['4.1.10']);
});

test('lanes for one release run the preferred one, the first where it is not chosen, all where it is asked for', () => {
  const names = (chosen: string, lanes?: string): readonly string[] =>
    oneRelease('5.0.6-none', releases(chosen), lanes).map(({ name }) => name);
  assert.equal(names(''), ['5.0.6-none']);
  assert.equal(names('', 'whole'), defaultReleaseNames);
  assert.equal(names('4.0.19,4.1.10'), ['4.0.19']);
});

test('the list of releases comes from the text, or is the default one', () => {
  assert.equal(
    releases(' 4.0.19, 5.0.6-none ,').map((release) => release.name),
    ['4.0.19', '5.0.6-none'],
  );
  assert.equal(
    releases('').map((release) => release.name),
    defaultReleaseNames,
  );
});

test.run();
