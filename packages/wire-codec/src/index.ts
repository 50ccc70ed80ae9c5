export type { Decoded } from './decoded.ts';
export { type Endpoint, endpointText, sameEndpoint } from './endpoint.ts';
export { CodecError, type CodecErrorType, codecErrorMessage } from './errors.ts';
export * from './streaming/types.ts';
