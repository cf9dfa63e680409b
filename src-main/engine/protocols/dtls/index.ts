export { dtlsContent, isDtls } from './dtls';
