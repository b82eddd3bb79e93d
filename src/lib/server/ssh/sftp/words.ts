/** Names on their way into a shell script as data: every byte that could mean something to a shell is an octal escape for `printf %b`. */
import { SftpFailure, STATUS } from './packets.ts';

/** Never empty, and without white space: `=` and the bytes. The script takes the `=` off. */
export function word(bytes: string): string {
  const escaped = bytes.replace(
    /[^a-zA-Z0-9._/-]/g,
    (byte) => `\\0${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `=${escaped}`;
}

/** A function of the script that undoes it: `text "$x"` sets `r`. A dot keeps newlines at the end from being cut off. */
export const READ_WORD = `text() { r=$(printf '%b.' "\${1#=}"); r=\${r%.}; }`;

/** What a program of the container said when it failed, as SFTP has it. */
export function failureOf(said: string): SftpFailure {
  const line = said.trim().split('\n').at(-1) ?? '';
  if (/no such file|nonexistent|not a directory/i.test(said))
    return new SftpFailure(STATUS.NO_SUCH_FILE, line);
  if (/permission denied|not permitted|read-only file system/i.test(said))
    return new SftpFailure(STATUS.PERMISSION_DENIED, line);
  return new SftpFailure(STATUS.FAILURE, line === '' ? 'it failed' : line);
}
