// Control plane: the Cassandra releases the tests and people boot, and how a name becomes one. Called by tests, lanes and main.
import { RealCassandraFailure } from './errors.ts';

/** One release in one mode. */
export type Release = {
  /** What the lanes print: the version, with `-none` for storage_compatibility_mode NONE. */
  readonly name: string;
  /** The Maven version, `5.0.6`. */
  readonly version: string;
  /** `4.0`, `4.1`, `5.0`, `6.0`. */
  readonly family: string;
  /** Newest streaming version the node speaks in this mode (REAL-NODES table; handshake MessagingService.current_version). */
  readonly streamingVersion: 12 | 13 | 14;
  /** SSTable versions the node writes by itself in this mode, BIG first. */
  readonly writes: readonly string[];
  /** Settings of cassandra.yaml that make the mode. */
  readonly yaml: Readonly<Record<string, unknown>>;
};

/** What `npm run test:cassandra` runs where SCAMANDER_RELEASES says nothing. */
export const defaultReleaseNames = ['4.0.19', '4.1.10', '5.0.6', '5.0.6-none', '6.0-alpha2'];

const families: Record<string, Pick<Release, 'streamingVersion' | 'writes'>> = {
  '4.0': { streamingVersion: 12, writes: ['nb'] },
  '4.1': { streamingVersion: 12, writes: ['nb'] },
  '5.0': { streamingVersion: 12, writes: ['nb'] },
  '5.0-none': { streamingVersion: 13, writes: ['oa', 'da'] },
  '6.0': { streamingVersion: 14, writes: ['pa', 'ea'] },
};

/** Reads `5.0.6` or `5.0.6-none`. Throws SCM_RELEASE_UNKNOWN for a family this tool cannot boot. */
export const parseRelease = (name: string): Release => {
  const none = name.endsWith('-none');
  const version = none ? name.slice(0, -'-none'.length) : name;
  const family = /^\d+\.\d+/.exec(version)?.[0] ?? '';
  const facts = families[none ? `${family}-none` : family];
  if (facts === undefined) {
    const known = `${defaultReleaseNames.join(', ')} and other versions of these families`;
    throw new RealCassandraFailure({ code: 'SCM_RELEASE_UNKNOWN', name, known });
  }
  return {
    name,
    version,
    family,
    ...facts,
    yaml: none ? { storage_compatibility_mode: 'NONE' } : {},
  };
};

/** The releases of SCAMANDER_RELEASES (comma separated), or the default ones. */
export const releases = (list = process.env['SCAMANDER_RELEASES']): Release[] => {
  const names = (list ?? '').split(',').map((name) => name.trim());
  const chosen = names.filter((name) => name !== '');
  return (chosen.length > 0 ? chosen : defaultReleaseNames).map(parseRelease);
};

/** What long lanes run where the list has them: one release that writes `nb`, one that writes `oa` and `da`. */
const representativeNames: readonly string[] = ['4.1.10', '5.0.6-none'];

/**
 * The releases of lanes that take minutes on each: the representative ones of {@link releases}, or all of them where it has none of these
 * or SCAMANDER_LANES is `whole`.
 */
export const representativeReleases = (
  chosen: readonly Release[] = releases(),
  lanes = process.env['SCAMANDER_LANES'],
): readonly Release[] => {
  const few = chosen.filter(({ name }) => representativeNames.includes(name));
  return lanes === 'whole' || few.length === 0 ? chosen : few;
};

/**
 * The one release of lanes that take minutes and depend little on it: the preferred one of {@link releases}, else the first; all of them where
 * SCAMANDER_LANES is `whole`.
 */
export const oneRelease = (
  preferred: string,
  chosen: readonly Release[] = releases(),
  lanes = process.env['SCAMANDER_LANES'],
): readonly Release[] => {
  if (lanes === 'whole') return chosen;
  const found = chosen.find(({ name }) => name === preferred) ?? chosen[0];
  return found === undefined ? [] : [found];
};
