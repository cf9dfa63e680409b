export const helpText = `Usage:
  tapdeck info    FILE [--json]
  tapdeck analyze FILE [--json] [--include conversations]
  tapdeck export  FILE (--id ID... | --all) [--format auto|wav|au|mp4|raw] --out DIR [--json]

  info      facts about the capture file
  analyze   its calls, streams and diagnostics
  export    calls and streams as files; --id takes an id as analyze prints it

FILE is a pcap or pcapng capture; - reads it from standard input.
--json prints one JSON document on standard output; without it there are tables.
Exit code: 0 done, 1 the file could not be read or an export failed, 2 wrong usage.
`;
