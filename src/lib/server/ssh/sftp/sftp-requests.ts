/** What each request of SFTP does, and its answer. Requests on one open file are done in their order; others side by side. */
import { posix } from 'node:path';
import type { SshFiles } from '../../services/ssh-visit.ts';
import { attributes, DONE, names, NOTHING, status, type Answer } from './answers.ts';
import { readAttributes } from './attributes.ts';
import { FileShell } from './file-shell.ts';
import { ReadStream, WriteStream, type Start } from './file-stream.ts';
import { Handles, inLine, MAX_HANDLES, type Handle } from './handles.ts';
import {
  ANSWER,
  Fields,
  large,
  MAX_DATA_BYTES,
  MAX_PACKET_BYTES,
  number,
  REQUEST,
  SftpFailure,
  STATUS,
} from './packets.ts';

const NAMES_AT_ONCE = 200;
const OPEN = { read: 0x1, write: 0x2, append: 0x4, create: 0x8, truncate: 0x10, exclusive: 0x20 } as const;

export class SftpRequests {
  readonly #files: SshFiles;
  readonly #shell: FileShell;
  readonly #home: string;
  readonly #start: Start;
  readonly #handles = new Handles();

  private constructor(files: SshFiles, shell: FileShell, home: string) {
    this.#files = files;
    this.#shell = shell;
    this.#home = home;
    this.#start = (command) => files.open({ command, stdin: true });
  }

  static async begin(files: SshFiles): Promise<SftpRequests> {
    const shell = new FileShell(await files.open({ command: FileShell.COMMAND, stdin: true }));
    return new SftpRequests(files, shell, await shell.home());
  }

  /** Throws SftpFailure. */
  async answer(type: number, fields: Fields): Promise<Answer> {
    switch (type) {
      case REQUEST.OPEN:
        return this.#open(this.#path(fields), fields);
      case REQUEST.OPENDIR: {
        const path = this.#path(fields);
        const rest = [...(await this.#shell.list(path))];
        return this.#handles.add({ kind: 'folder', path, rest, line: Promise.resolve() });
      }
      case REQUEST.CLOSE:
        return this.#close(fields.text());
      case REQUEST.READ:
        return this.#read(fields);
      case REQUEST.WRITE:
        return this.#write(fields);
      case REQUEST.READDIR:
        return this.#names(this.#handles.known(fields.text()));
      case REQUEST.STAT:
      case REQUEST.LSTAT:
        return attributes(await this.#shell.stat(this.#path(fields), type === REQUEST.STAT));
      case REQUEST.FSTAT:
        return inLine(this.#handles.known(fields.text()), async (handle) => {
          if (handle.kind === 'write') await handle.stream.settle();
          return attributes(await this.#shell.stat(handle.path, true));
        });
      case REQUEST.SETSTAT: {
        const path = this.#path(fields);
        return this.#change(`changed ${path}`, () => this.#shell.change(path, readAttributes(fields)));
      }
      case REQUEST.FSETSTAT: {
        const handle = this.#handles.known(fields.text());
        const wish = readAttributes(fields);
        this.#files.changing();
        return inLine(handle, async () => {
          if (handle.kind === 'write') await handle.stream.settle();
          await this.#shell.change(handle.path, wish);
          return DONE;
        });
      }
      case REQUEST.REALPATH: {
        const path = this.#path(fields);
        return names([{ name: (await this.#shell.real(path)) ?? path, attributes: NOTHING }]);
      }
      case REQUEST.READLINK:
        return names([{ name: await this.#shell.link(this.#path(fields)), attributes: NOTHING }]);
      case REQUEST.MKDIR: {
        const path = this.#path(fields);
        const mask = ~(readAttributes(fields).mode ?? 0o777) & 0o777;
        return this.#act('mkdir', `made ${path}`, path, (mask | 0o022).toString(8));
      }
      case REQUEST.RMDIR: {
        const path = this.#path(fields);
        return this.#act('rmdir', `removed ${path}`, path);
      }
      case REQUEST.REMOVE: {
        const path = this.#path(fields);
        return this.#act('rm', `removed ${path}`, path);
      }
      case REQUEST.RENAME:
        return this.#move('rename', this.#path(fields), this.#path(fields));
      case REQUEST.SYMLINK: {
        // OpenSSH sends them the other way round than the draft says, and everybody follows it
        const target = fields.text();
        const path = this.#path(fields);
        return this.#act('symlink', `linked ${path}`, target, path);
      }
      case REQUEST.EXTENDED:
        return this.#extended(fields.text(), fields);
      default:
        throw new SftpFailure(STATUS.OP_UNSUPPORTED, 'this server does not do that');
    }
  }

  /** Every program inside ends; what was not written yet is left out. */
  async close(): Promise<void> {
    const handles = this.#handles.takeAll();
    await Promise.allSettled([
      this.#shell.close(),
      ...handles.map(async (handle) => {
        if (handle.kind === 'read') await handle.stream.close();
        if (handle.kind === 'write') await handle.stream.abandon();
      }),
    ]);
  }

  async #open(path: string, fields: Fields): Promise<Answer> {
    const flags = fields.number();
    const { mode } = readAttributes(fields);
    const has = (flag: number) => (flags & flag) !== 0;
    if (this.#handles.size >= MAX_HANDLES)
      throw new SftpFailure(STATUS.FAILURE, `more than ${MAX_HANDLES} files are open`);
    if (!has(OPEN.write)) {
      const stream = await ReadStream.open(this.#start, path);
      this.#files.read(path);
      return this.#handles.add({ kind: 'read', path, stream, line: Promise.resolve() });
    }
    this.#files.changing();
    const stream = await WriteStream.open(this.#start, path, {
      create: has(OPEN.create),
      truncate: has(OPEN.truncate),
      exclusive: has(OPEN.exclusive),
      append: has(OPEN.append),
      mode: mode ?? null,
    });
    this.#files.changed(`wrote ${path}`);
    return this.#handles.add({ kind: 'write', path, stream, line: Promise.resolve() });
  }

  #read(fields: Fields): Promise<Answer> {
    const handle = this.#handles.known(fields.text());
    const offset = fields.large();
    const length = Math.min(fields.number(), MAX_DATA_BYTES);
    return inLine(handle, async () => {
      if (handle.kind !== 'read') throw new SftpFailure(STATUS.FAILURE, 'it is not open for reading');
      const pieces = await handle.stream.read(offset, length);
      const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
      return bytes === 0 ? status(STATUS.EOF, '') : [ANSWER.DATA, number(bytes), ...pieces];
    });
  }

  #write(fields: Fields): Promise<Answer> {
    const handle = this.#handles.known(fields.text());
    const offset = fields.large();
    const bytes = fields.bytes();
    return inLine(handle, async () => {
      if (handle.kind !== 'write') throw new SftpFailure(STATUS.FAILURE, 'it is not open for writing');
      await handle.stream.write(offset, bytes);
      return DONE;
    });
  }

  #names(handle: Handle): Promise<Answer> {
    return inLine(handle, () => {
      if (handle.kind !== 'folder') throw new SftpFailure(STATUS.FAILURE, 'it is no folder');
      const some = handle.rest.splice(0, NAMES_AT_ONCE);
      return Promise.resolve(some.length === 0 ? status(STATUS.EOF, '') : names(some));
    });
  }

  #close(id: string): Promise<Answer> {
    const handle = this.#handles.known(id);
    return inLine(handle, async () => {
      this.#handles.delete(id);
      if (handle.kind === 'read') await handle.stream.close();
      if (handle.kind === 'write') await handle.stream.settle();
      return DONE;
    });
  }

  #extended(name: string, fields: Fields): Promise<Answer> {
    switch (name) {
      case 'posix-rename@openssh.com':
        return this.#move('replace', this.#path(fields), this.#path(fields));
      case 'hardlink@openssh.com': {
        const target = this.#path(fields);
        const path = this.#path(fields);
        return this.#act('hardlink', `linked ${path}`, target, path);
      }
      case 'fsync@openssh.com':
        return inLine(this.#handles.known(fields.text()), async (handle) => {
          if (handle.kind === 'write') await handle.stream.settle();
          return DONE;
        });
      case 'limits@openssh.com': {
        const limits = [MAX_PACKET_BYTES, MAX_DATA_BYTES, MAX_DATA_BYTES, MAX_HANDLES];
        return Promise.resolve([ANSWER.EXTENDED_REPLY, ...limits.map(large)]);
      }
      default:
        throw new SftpFailure(STATUS.OP_UNSUPPORTED, 'this server does not do that');
    }
  }

  #move(operation: 'rename' | 'replace', from: string, to: string): Promise<Answer> {
    return this.#act(operation, `renamed ${from} to ${to}`, from, to);
  }

  #act(operation: Parameters<FileShell['act']>[0], what: string, first: string, second = '') {
    return this.#change(what, () => this.#shell.act(operation, first, second));
  }

  async #change(what: string, work: () => Promise<void>): Promise<Answer> {
    this.#files.changing();
    await work();
    this.#files.changed(what);
    return DONE;
  }

  #path(fields: Fields): string {
    const path = fields.text();
    if (path.includes('\0')) throw new SftpFailure(STATUS.NO_SUCH_FILE, 'a name holds no NUL');
    return posix.resolve(this.#home, path);
  }
}
