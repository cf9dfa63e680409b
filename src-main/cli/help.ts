export const helpText = `Usage:
  tapdeck info    FILE [--json]
  tapdeck analyze FILE... [--json] [--include conversations]
  tapdeck export  FILE (--id ID... | --all) --out DIR
                       [--format auto|mp4|mkv|webm|wav|au|raw|flv|ts|jpg|png|srt|vtt|original|pcap|rtpdump|sdp|csv]
                       [--damage faithful|clean] [--quality high|medium|low] [--json]
  tapdeck replay  FILE --id ID [--to HOST[:PORT]] [--speed N] [--loop] [--allow-remote] [--json]
  analyze, export and replay also take [--wpa SSID:PASSPHRASE]... [--keylog FILE]...
                               [--decode-as udp.port==PORT,rtp[/FORMAT[/RATE]]]...

  info      facts about the capture file
  analyze   its calls, streams, sessions, objects and diagnostics
  export    calls, streams, sessions and objects as files; --id takes an id as analyze prints it
  replay    sends the packets of an RTP stream again, with the times between them

Video is written as it was captured wherever the container takes it; --quality makes H.264 of it anew. --damage faithful
keeps every picture, clean waits after a loss for the next intact key picture; --format csv lists what losses touched.
flv, ts and original are the bytes as they were sent, jpg and png a folder of all pictures with their times (jpg of a
camera as they were sent), srt and vtt the damage of a video as subtitles, pcap the frames as captured. auto is the best of them: MP4 where the codec fits, else MKV; WAV of what sounds; objects as sent.

--wpa is the key of an 802.11 network: a passphrase, 64 hexadecimal digits after the colon (a pre-shared key), or without
a colon 64 digits (a master key, as of WPA3) or 32 (a temporal key). An empty SSID stands for any network. The capture
has to contain the four-way handshake of the station.

--keylog names a key log of TLS, as SSLKEYLOGFILE makes it (NSS format); several are read together. Secrets that the
capture carries itself (pcapng Decryption Secrets Blocks) are used without it. What is in them is never shown or written.

--decode-as takes the flows of a UDP port for RTP, and its media for the named format (H264, PCMU, opus, ...).

--format rtpdump is the packets of one RTP stream as rtptools has them, sdp its description for players. --to is where
a replay goes: 127.0.0.1 and the port of the capture unless it is said; other machines only with --allow-remote. --speed
2 sends twice as fast, --loop until it is interrupted.

FILE is a capture (pcap, pcapng, snoop, Network Monitor, ERF, rtpdump; also compressed
with gzip or zstd); - reads it from standard input. Several are merged by time.
--json prints one JSON document on standard output; without it there are tables.
Exit code: 0 done, 1 the file could not be read or an export failed, 2 wrong usage.
`;
