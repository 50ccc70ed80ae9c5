// Control plane: what can go wrong in this tool, as data, and the one class that carries it. Thrown by every file here.

/** Codes are stable; each comes with the facts a person needs to act. */
export type RealCassandraError =
  | { readonly code: 'SCM_JAVA_MISSING'; readonly looked: string }
  | { readonly code: 'SCM_MAVEN_MISSING' }
  | { readonly code: 'SCM_MAVEN_FAILED'; readonly version: string; readonly output: string }
  | { readonly code: 'SCM_RELEASE_UNKNOWN'; readonly name: string; readonly known: string }
  | { readonly code: 'SCM_NO_ADDRESS'; readonly tried: number; readonly lastReason: string }
  | {
      readonly code: 'SCM_NODE_DIED';
      readonly node: string;
      readonly exit: string;
      readonly log: string;
    }
  | {
      readonly code: 'SCM_NODE_NOT_READY';
      readonly node: string;
      readonly waitedMs: number;
      readonly waitedFor: string;
      readonly log: string;
    }
  | {
      readonly code: 'SCM_TOOL_FAILED';
      readonly tool: string;
      readonly exit: string;
      readonly output: string;
    };

/** Renders the error for a person. */
export const realCassandraErrorMessage = (error: RealCassandraError): string => {
  switch (error.code) {
    case 'SCM_JAVA_MISSING':
      return `no Java found (${error.looked}). Cassandra 4.0 to 6.0 need Java 17: set JAVA_HOME, or install it (Debian: apt-get install openjdk-17-jre-headless)`;
    case 'SCM_MAVEN_MISSING':
      return 'no mvn on the PATH. The jars of Cassandra come through Maven: install it (Debian: apt-get install maven)';
    case 'SCM_MAVEN_FAILED':
      return `Maven could not resolve Cassandra ${error.version}:\n${error.output}`;
    case 'SCM_RELEASE_UNKNOWN':
      return `unknown release "${error.name}"; known: ${error.known}`;
    case 'SCM_NO_ADDRESS':
      return `no free loopback address among ${error.tried} (last: ${error.lastReason}); does something listen on all addresses?`;
    case 'SCM_NODE_DIED':
      return `${error.node} ended (${error.exit}) before it was asked to. Its log ends with:\n${error.log}`;
    case 'SCM_NODE_NOT_READY':
      return `${error.node}: waited ${error.waitedMs} ms for ${error.waitedFor}. Its log ends with:\n${error.log}`;
    case 'SCM_TOOL_FAILED':
      return `${error.tool} failed (${error.exit}):\n${error.output}`;
    default: {
      const never: never = error;
      return String(never);
    }
  }
};

/** The only error this tool throws by itself; `error.detail.code` says which. */
export class RealCassandraFailure extends Error {
  override readonly name = 'RealCassandraFailure';
  readonly detail: RealCassandraError;

  constructor(detail: RealCassandraError, cause?: unknown) {
    super(
      `${detail.code}: ${realCassandraErrorMessage(detail)}`,
      cause === undefined ? {} : { cause },
    );
    this.detail = detail;
  }
}
