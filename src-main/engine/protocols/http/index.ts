export { type HttpConnection, HttpBody, HttpExchange, type HttpSink, type MessageSide } from './exchange';
export { EnteredMultipartProtocol } from './entered-multipart';
export { ConnectionCounter, Http1Protocol, Http2Protocol } from './http-protocol';
export { isMultipart, MultipartSplitter } from './multipart';
export {
  fieldValue,
  type HttpField,
  type HttpHead,
  mediaTypeOf,
  parseHead,
} from './message';
