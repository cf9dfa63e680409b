import type { SipMessageDetail } from '#shared/model/call';
import styles from './message.module.css';

/** Headers that say who, where and which; the others are folded away. */
const mainHeaders = new Set([
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'reason',
  'content-type',
  'user-agent',
  'server',
  'expires',
  'p-asserted-identity',
  'diversion',
  'refer-to',
  'warning',
]);

/** Start line, headers (the less telling ones folded), SDP line by line with its meaning. */
export function ParsedMessage({ message }: { message: SipMessageDetail }) {
  const main = message.headers.filter(({ name }) => mainHeaders.has(name.toLowerCase()));
  const other = message.headers.filter(({ name }) => !mainHeaders.has(name.toLowerCase()));
  return (
    <>
      <h3 className={styles.startLine}>{message.startLine}</h3>
      <Headers headers={main} />
      {other.length > 0 && (
        <details className={styles.section}>
          <summary>
            {other.length} more {other.length === 1 ? 'header' : 'headers'}
          </summary>
          <Headers headers={other} />
        </details>
      )}
      {message.sdp ? (
        <details className={styles.section} open>
          <summary>Session description (SDP)</summary>
          <table className={styles.sdp}>
            <tbody>
              {message.sdp.map(({ line, meaning }, index) => (
                <tr key={index}>
                  <th scope="row">
                    <code>{line}</code>
                  </th>
                  <td>{meaning}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ) : (
        message.body !== '' && (
          <details className={styles.section} open>
            <summary>Body{message.bodyType ? ` (${message.bodyType})` : ''}</summary>
            <pre className={styles.text}>{message.body}</pre>
          </details>
        )
      )}
    </>
  );
}

function Headers({ headers }: { headers: SipMessageDetail['headers'] }) {
  return (
    <table className={styles.headers}>
      <tbody>
        {headers.map(({ name, value }, index) => (
          <tr key={index}>
            <th scope="row">{name}</th>
            <td className="selectable">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
