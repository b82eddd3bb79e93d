/**
 * Everything about files but their content: one shell inside that reads a request from each line of its input and answers it, so that a
 * listing or a rename costs no new program start on the engine. It needs `sh`, and `stat`, `xargs`, `readlink`, `mv` and the like as every
 * image with a shell has them (coreutils and findutils, busybox, toybox).
 *
 * A request is `operation word word word`; an answer what the operation printed, a NUL, its status and what it complained, a NUL. Names hold
 * no NUL, and no slash: `/` and a newline end the entries of a listing.
 */
import type { ExecSession } from '../../engine/engine.ts';
import { readStat, type Attributes, type WholeAttributes } from './attributes.ts';
import { SftpFailure, STATUS } from './packets.ts';
import { failureOf, READ_WORD, word } from './words.ts';

export interface Entry {
  readonly name: string;
  readonly attributes: WholeAttributes;
}

const SCRIPT = `LC_ALL=C; export LC_ALL
F='%f %s %u %g %X %Y'
${READ_WORD}
no() { echo "$1" >&2; return 1; }
there() { [ -e "$1" ] || [ -L "$1" ]; }
do_home() { pwd; }
do_stat() { stat -L -c "$F" -- "$a"; }
do_lstat() { stat -c "$F" -- "$a"; }
do_list() {
  cd -- "$a" || return 1
  [ -r . ] || no 'Permission denied' || return 1
  printf '%s\\0' * .[!.]* ..?* | xargs -0 stat -c "$F %n/" -- 2>/dev/null
  true
}
do_real() { if [ -d "$a" ]; then cd -P -- "$a" && pwd -P; else readlink -f -- "$a"; fi; }
do_link() { readlink -n -- "$a"; }
do_mkdir() { umask "$b"; mkdir -- "$a"; }
do_rmdir() { rmdir -- "$a"; }
do_rm() { there "$a" || no 'No such file' || return 1; rm -- "$a"; }
do_rename() {
  there "$a" || no 'No such file' || return 1
  ! there "$b" || no 'File exists' || return 1
  mv -- "$a" "$b"
}
do_replace() {
  there "$a" || no 'No such file' || return 1
  if [ -d "$b" ] && [ ! -L "$b" ]; then
    [ -d "$a" ] && [ ! -L "$a" ] || no 'Is a directory' || return 1
    rmdir -- "$b" || return 1
  elif [ -L "$b" ]; then rm -f -- "$b"; fi
  mv -f -- "$a" "$b"
}
do_symlink() { ! there "$b" || no 'File exists' || return 1; ln -s -- "$a" "$b"; }
do_hardlink() { ! there "$b" || no 'File exists' || return 1; ln -- "$a" "$b"; }
do_chown() { chown "$b" -- "$a"; }
do_chmod() { chmod "$b" -- "$a"; }
do_read_time() { touch -c -a -d "@$b" -- "$a"; }
do_write_time() { touch -c -m -d "@$b" -- "$a"; }
do_size() { [ -f "$a" ] || no 'No such file' || return 1; dd if=/dev/null of="$a" bs=1 seek="$b" count=0; }
while read -r o x y; do
  text "$x"; a=$r; text "$y"; b=$r
  { e=$( "do_$o" 2>&1 >&3 3>&- </dev/null ); s=$?; } 3>&1
  printf '\\0%s %s\\0' "$s" "$e"
done
`;

type Operation =
  | 'home'
  | 'stat'
  | 'lstat'
  | 'list'
  | 'real'
  | 'link'
  | 'mkdir'
  | 'rmdir'
  | 'rm'
  | 'rename'
  | 'replace'
  | 'symlink'
  | 'hardlink'
  | 'chown'
  | 'chmod'
  | 'read_time'
  | 'write_time'
  | 'size';

interface Waiting {
  readonly resolve: (printed: string) => void;
  readonly reject: (error: SftpFailure) => void;
}

export class FileShell {
  static readonly COMMAND = ['sh', '-c', SCRIPT] as const;
  readonly #session: ExecSession;
  readonly #waiting: Waiting[] = [];
  #over = false;

  /** `session` is `COMMAND`, with its input open. */
  constructor(session: ExecSession) {
    this.#session = session;
    void this.#read();
  }

  /** Absolute; where the container's programs start. */
  async home(): Promise<string> {
    return (await this.#ask('home')).replace(/\n$/, '');
  }

  async stat(path: string, follow: boolean): Promise<WholeAttributes> {
    const found = readStat((await this.#ask(follow ? 'stat' : 'lstat', path)).trim());
    if (found === null) throw new SftpFailure(STATUS.FAILURE, 'the stat of this image is not understood');
    return found.attributes;
  }

  async list(path: string): Promise<readonly Entry[]> {
    const printed = await this.#ask('list', path);
    return printed.split('/\n').flatMap((line) => readStat(line) ?? []);
  }

  /** null: there is nothing under this name (yet). */
  async real(path: string): Promise<string | null> {
    try {
      return (await this.#ask('real', path)).replace(/\n$/, '');
    } catch (error) {
      if (error instanceof SftpFailure) return null;
      throw error;
    }
  }

  link(path: string): Promise<string> {
    return this.#ask('link', path);
  }

  async act(
    operation: Exclude<Operation, 'home' | 'stat' | 'lstat' | 'list' | 'real' | 'link'>,
    first: string,
    second = '',
  ): Promise<void> {
    await this.#ask(operation, first, second);
  }

  /** Each of them that is given. */
  async change(path: string, { size, owner, mode, times }: Attributes): Promise<void> {
    if (size !== undefined) await this.act('size', path, String(size));
    // the kernel takes setuid bits away with a change of owner: the mode comes after it
    if (owner !== undefined) await this.act('chown', path, `${owner.uid}:${owner.gid}`);
    if (mode !== undefined) await this.act('chmod', path, (mode & 0o7777).toString(8));
    if (times === undefined) return;
    await this.act('read_time', path, String(times.read));
    await this.act('write_time', path, String(times.written));
  }

  async close(): Promise<void> {
    this.#fail();
    await this.#session.end();
  }

  async #ask(operation: Operation, first = '', second = ''): Promise<string> {
    if (this.#over) throw new SftpFailure(STATUS.FAILURE, 'the container ended');
    const answer = new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    // a failure to write is the end of the output too, which rejects what waits
    this.#session.write(Buffer.from(`${operation} ${word(first)} ${word(second)}\n`)).catch(() => undefined);
    return answer;
  }

  async #read(): Promise<void> {
    let printed = '';
    let answer: string | null = null;
    try {
      for await (const { stream, bytes } of this.#session.output) {
        if (stream === 'stderr') continue;
        const parts = (printed + bytes.toString('latin1')).split('\0');
        printed = parts.pop() ?? '';
        for (const part of parts) {
          if (answer === null) answer = part;
          else {
            this.#settle(answer, part);
            answer = null;
          }
        }
      }
    } catch {
      // the engine went away: said below
    }
    this.#fail();
  }

  #settle(printed: string, status: string): void {
    const [code = '', ...words] = status.split(' ');
    const waiting = this.#waiting.shift();
    if (code === '0') waiting?.resolve(printed);
    else waiting?.reject(failureOf(words.join(' ')));
  }

  #fail(): void {
    this.#over = true;
    for (const { reject } of this.#waiting.splice(0))
      reject(new SftpFailure(STATUS.FAILURE, 'the shell inside ended'));
  }
}
