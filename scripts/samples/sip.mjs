/** SIP messages (RFC 3261) of one call between two parties, with SDP (RFC 8866) offer and answer. */

const CRLF = '\r\n';

/**
 * @param {{host: object, port: number, name: string, user: string, domain: string, mediaPort: number}} party
 */
function contactOf(party, transport) {
  return `<sip:${party.user}@${hostPort(party.host, party.port)}${transport === 'UDP' ? '' : ';transport=tcp'}>`;
}

function hostPort(host, port) {
  return host.isIpv6 ? `[${host.address}]:${port}` : `${host.address}:${port}`;
}

function sdp(party, { sessionId, codec }) {
  const family = party.host.isIpv6 ? 'IP6' : 'IP4';
  return [
    'v=0',
    `o=${party.user} ${sessionId} ${sessionId} IN ${family} ${party.host.address}`,
    's=Tapdeck sample call',
    `c=IN ${family} ${party.host.address}`,
    't=0 0',
    ...(codec === 'H264' ? videoMedia(party) : audioMedia(party, codec)),
    'a=sendrecv',
    '',
  ].join(CRLF);
}

function audioMedia(party, codec) {
  const payloadType = codec === 'PCMA' ? 8 : 0;
  return [
    `m=audio ${party.mediaPort} RTP/AVP ${payloadType} 101`,
    `a=rtpmap:${payloadType} ${codec}/8000`,
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
  ];
}

function videoMedia(party) {
  return [
    `m=video ${party.mediaPort} RTP/AVP 96`,
    'a=rtpmap:96 H264/90000',
    'a=fmtp:96 profile-level-id=42c014;packetization-mode=1',
  ];
}

function message(startLine, headers, body = '') {
  const all = [...headers];
  if (body) all.push(['Content-Type', 'application/sdp']);
  all.push(['Content-Length', String(Buffer.byteLength(body))]);
  const head = all.map(([name, value]) => `${name}: ${value}`).join(CRLF);
  return Buffer.from(`${startLine}${CRLF}${head}${CRLF}${CRLF}${body}`, 'utf8');
}

/**
 * All messages a call between `caller` and `callee` may need, as buffers.
 * @param {'UDP' | 'TCP'} transport
 */
export function createSipCall({ caller, callee, transport, codec, random }) {
  const callId = `${random.hex(24)}@${caller.domain}`;
  const callerTag = random.hex(8);
  const calleeTag = random.hex(8);
  const branches = {
    invite: `z9hG4bK${random.hex(16)}`,
    ack: `z9hG4bK${random.hex(16)}`,
    bye: `z9hG4bK${random.hex(16)}`,
  };
  const target = `sip:${callee.user}@${callee.domain}`;
  const from = `"${caller.name}" <sip:${caller.user}@${caller.domain}>;tag=${callerTag}`;
  const to = `"${callee.name}" <${target}>`;
  const toWithTag = `${to};tag=${calleeTag}`;
  const via = (party, branch) => `SIP/2.0/${transport} ${hostPort(party.host, party.port)};branch=${branch};rport`;
  const request = (method, { uri, branch, sender, fromValue, toValue, sequence, extra = [], body }) =>
    message(
      `${method} ${uri} SIP/2.0`,
      [
        ['Via', via(sender, branch)],
        ['Max-Forwards', '70'],
        ['From', fromValue],
        ['To', toValue],
        ['Call-ID', callId],
        ['CSeq', `${sequence} ${method}`],
        ...extra,
      ],
      body,
    );
  const response = (status, { branch, sender, fromValue, toValue, cseq, extra = [], body }) =>
    message(
      `SIP/2.0 ${status}`,
      [
        ['Via', via(sender, branch)],
        ['From', fromValue],
        ['To', toValue],
        ['Call-ID', callId],
        ['CSeq', cseq],
        ...extra,
      ],
      body,
    );
  const toInvite = (status, toValue, extra, body) =>
    response(status, {
      branch: branches.invite,
      sender: caller,
      fromValue: from,
      toValue,
      cseq: '1 INVITE',
      extra,
      body,
    });
  const contact = (party) => ['Contact', contactOf(party, transport)];
  const contactUri = contactOf(callee, transport).slice(1, -1);
  return {
    callId,
    invite: request('INVITE', {
      uri: target,
      branch: branches.invite,
      sender: caller,
      fromValue: from,
      toValue: to,
      sequence: 1,
      extra: [contact(caller), ['Allow', 'INVITE, ACK, CANCEL, BYE, OPTIONS'], ['User-Agent', 'Sample Phone 1.0']],
      body: sdp(caller, { sessionId: 3981, codec }),
    }),
    trying: toInvite('100 Trying', to),
    ringing: toInvite('180 Ringing', toWithTag, [contact(callee)]),
    ok: toInvite(
      '200 OK',
      toWithTag,
      [contact(callee), ['Server', 'Sample Desk Phone 2.3']],
      sdp(callee, { sessionId: 7204, codec }),
    ),
    busy: toInvite('486 Busy Here', toWithTag, [['Reason', 'Q.850;cause=17;text="User busy"']]),
    /** The ACK to a 2xx is a transaction of its own; to a failure it belongs to the INVITE (RFC 3261 17.1.1.3). */
    ack: request('ACK', {
      uri: contactUri,
      branch: branches.ack,
      sender: caller,
      fromValue: from,
      toValue: toWithTag,
      sequence: 1,
    }),
    ackOfFailure: request('ACK', {
      uri: target,
      branch: branches.invite,
      sender: caller,
      fromValue: from,
      toValue: toWithTag,
      sequence: 1,
    }),
    byeByCallee: request('BYE', {
      uri: contactOf(caller, transport).slice(1, -1),
      branch: branches.bye,
      sender: callee,
      fromValue: toWithTag,
      toValue: from,
      sequence: 1,
    }),
    okToBye: response('200 OK', {
      branch: branches.bye,
      sender: callee,
      fromValue: toWithTag,
      toValue: from,
      cseq: '1 BYE',
    }),
  };
}
