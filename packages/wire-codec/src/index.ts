export type { Decoded } from './decoded.ts';
export { type Endpoint, endpointText, sameEndpoint } from './endpoint.ts';
export { CodecError, type CodecErrorType, codecErrorMessage } from './errors.ts';
export {
  APPLICATION_STATES,
  type ApplicationStateName,
  applicationStateName,
  applicationStateOrdinal,
} from './gossip/application-state.ts';
export {
  applicationState,
  decodeEndpointState,
  type EndpointState,
  encodeEndpointState,
  type VersionedValue,
} from './gossip/endpoint-state.ts';
export {
  decodeGossipDigestAck,
  decodeGossipDigestAck2,
  decodeGossipDigestSyn,
  type EndpointStateEntry,
  encodeGossipDigestAck,
  encodeGossipDigestAck2,
  encodeGossipDigestSyn,
  type GossipDigest,
  type GossipDigestAck,
  type GossipDigestAck2,
  type GossipDigestSyn,
} from './gossip/messages.ts';
export { decodeTokens, encodeTokens, type GossipStatus, statusOf } from './gossip/values.ts';
export { ACCEPT_BYTES, type Accept, decodeAccept, encodeAccept } from './handshake/accept.ts';
export {
  decodeInitiate,
  encodeInitiate,
  FRAMINGS,
  type Framing,
  HANDSHAKE_MAGIC,
  INITIATE_BYTES,
  type Initiate,
} from './handshake/initiate.ts';
export { chooseVersion, negotiate } from './handshake/negotiation.ts';
export {
  isStreamingVersion,
  MESSAGING_VERSIONS,
  STREAMING_VERSIONS,
  VERSION_40,
  VERSION_50,
  VERSION_60,
  type VersionRange,
} from './handshake/versions.ts';
export * as limits from './limits.ts';
export {
  type BlockCompress,
  type BlockDecompress,
  decodeFrame,
  encodeFrame,
  type Frame,
} from './messaging/frame.ts';
export {
  decodeMessage,
  encodeMessage,
  encodeMessageFrames,
  type InternodeMessage,
  type MessageParam,
  messageCreatedAtMs,
} from './messaging/message.ts';
export {
  InternodeMessageReader,
  type InternodeMessageReaderOptions,
} from './messaging/message-reader.ts';
export { CONNECTION_CATEGORIES, MESSAGE_FLAGS, VERBS } from './messaging/verbs.ts';
export { decodeStreamMessage, encodeStreamMessage, STREAM_MESSAGE_IDS } from './streaming/codec.ts';
export type { WireContext } from './streaming/context.ts';
export {
  decodeCompressionInfo,
  encodeCompressionInfo,
} from './streaming/header/compression-info.ts';
export { decodeManifest, encodeManifest } from './streaming/header/manifest.ts';
export {
  decodeSerializationHeader,
  ENCODING_EPOCH,
  encodeSerializationHeader,
} from './streaming/header/serialization-header.ts';
export { CHUNK_CRC_BYTES, summaryFiles, transferSize } from './streaming/header/sizes.ts';
export { decodeStreamHeader, encodeStreamHeader } from './streaming/header/stream-header.ts';
export {
  StreamMessageReader,
  type StreamMessageReaderOptions,
} from './streaming/message-reader.ts';
export {
  BLOCK_HEADER_BYTES,
  decodeBlockHeader,
  encodeBlockHeader,
  type StreamBlockHeader,
} from './streaming/payload/block-header.ts';
export { type PayloadPlan, payloadPlan } from './streaming/payload/payload-plan.ts';
export {
  type CassandraStreamHeader,
  type Complete,
  type HeaderColumn,
  type KeepAlive,
  type ManifestEntry,
  PREVIEW_KINDS,
  type PrepareAck,
  type PrepareSyn,
  type PrepareSynAck,
  type PreviewKind,
  type Received,
  type SessionFailedMessage,
  type StreamCompressionInfo,
  type StreamFile,
  type StreamInit,
  type StreamingVersion,
  type StreamMessage,
  type StreamMessageHeader,
  type StreamRequest,
  type StreamSection,
  type StreamSerializationHeader,
  type StreamSummary,
  type UuidText,
  type WireTokenRange,
} from './streaming/types.ts';
