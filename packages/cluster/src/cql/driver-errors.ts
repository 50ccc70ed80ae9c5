// Control plane. What the driver's failures mean. Pure; called by connectCluster and Cluster. Looks at names and codes, and at texts only
// where the driver gives nothing else.
import { ClusterError, type ClusterErrorType } from '../errors.ts';

const errorOf = (fault: unknown): Error & { readonly code?: unknown } =>
  fault instanceof Error ? fault : new Error(String(fault));

/** Failures by host inside a NoHostAvailableError. */
const innerErrors = (fault: unknown): readonly (readonly [string, Error])[] => {
  const inner = (fault as { innerErrors?: unknown }).innerErrors;
  if (inner === null || typeof inner !== 'object') return [];
  return Object.entries(inner).map(([host, one]) => [host, errorOf(one)]);
};

/** CQL error codes: bad credentials, unauthorized (native_protocol_v5.spec §9). */
const BAD_CREDENTIALS = 0x0100;
const UNAUTHORIZED = 0x2100;

const isLogin = (error: Error & { readonly code?: unknown }): boolean =>
  error.name === 'AuthenticationError' ||
  error.code === BAD_CREDENTIALS ||
  error.code === UNAUTHORIZED ||
  /authenticat/i.test(error.message);

const oneLine = (error: Error): string => error.message.split('\n', 1)[0] ?? '';

/** Why the driver could not log in to a contact point that had answered: login, or unreachable with the driver's reason. */
export const connectErrorOf = (fault: unknown, contact: string): ClusterError => {
  const error = errorOf(fault);
  const [host, inner] = innerErrors(fault)[0] ?? [contact, error];
  const reason = oneLine(inner);
  const detail: ClusterErrorType = isLogin(inner)
    ? { code: 'SCM_CLUSTER_LOGIN', host, reason }
    : { code: 'SCM_CLUSTER_UNREACHABLE', tried: [{ host, reason }] };
  return new ClusterError(detail, { cause: error });
};

/** Why a query failed. */
export const queryErrorOf = (fault: unknown, query: string): ClusterError => {
  const error = errorOf(fault);
  const [first] = innerErrors(fault);
  const reason = first === undefined ? oneLine(error) : `${first[0]}: ${oneLine(first[1])}`;
  return new ClusterError({ code: 'SCM_CLUSTER_QUERY', query, reason }, { cause: error });
};
