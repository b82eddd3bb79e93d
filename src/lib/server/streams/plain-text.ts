// CSI and OSC sequences, other two-character escapes, and control characters but tab
const ESCAPES =
  // eslint-disable-next-line no-control-regex -- taking control characters out is what this is for
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-_]|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** A line of output without its terminal codes, for places that show words only. */
export function plainText(line: string): string {
  return line.replace(ESCAPES, '').trim();
}
