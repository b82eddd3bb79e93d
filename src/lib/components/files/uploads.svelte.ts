/** Files on their way to an agent, a few at a time, each with how far it is and the way to call it back. */
import { pathBelow } from '#lib/domain/paths.ts';
import { callApi, problemIn } from '#lib/live/api.ts';
import type { Dropped } from './dropped-files.ts';
import { apiHref, type FileAddress } from './file-address.ts';

const AT_ONCE = 2;
const CONFLICT = 409;

export class Upload {
  readonly path: string;
  readonly file: File;
  state = $state<'waiting' | 'sending' | 'done' | 'failed' | 'cancelled'>('waiting');
  sentBytes = $state(0);
  /** Why it failed, in words. */
  why = $state<string | null>(null);
  /** A file of that name is there already. */
  isTaken = $state(false);
  request: XMLHttpRequest | null = null;

  constructor(path: string, file: File) {
    this.path = path;
    this.file = file;
  }

  get percent(): number {
    return this.file.size === 0 ? 0 : Math.floor((this.sentBytes / this.file.size) * 100);
  }
}

export class Uploads {
  list = $state.raw<readonly Upload[]>([]);
  readonly #address: FileAddress;
  readonly #onDone: () => void;
  #running = 0;

  /** `onDone`: one more is there. */
  constructor(address: FileAddress, onDone: () => void) {
    this.#address = address;
    this.#onDone = onDone;
  }

  async add(folder: string, { folders, files }: Dropped): Promise<void> {
    // one that is there already will do
    for (const path of folders)
      await callApi('POST', `${this.#address.api}/folder`, { path: pathBelow(folder, path) });
    this.list = [...this.list, ...files.map(({ path, file }) => new Upload(pathBelow(folder, path), file))];
    if (files.length === 0) this.#onDone();
    this.#next();
  }

  /** Over what is there. */
  replace(upload: Upload): void {
    upload.state = 'sending';
    void this.#send(upload, true);
  }

  cancel(upload: Upload): void {
    upload.state = 'cancelled';
    upload.request?.abort();
  }

  clear(): void {
    this.list = this.list.filter(({ state }) => state === 'waiting' || state === 'sending');
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const upload = this.list.find(({ state }) => state === 'waiting');
      if (upload === undefined) return;
      upload.state = 'sending';
      void this.#send(upload, false);
    }
  }

  async #send(upload: Upload, over: boolean): Promise<void> {
    this.#running += 1;
    upload.isTaken = false;
    upload.why = null;
    try {
      const { status, text } = await put(
        apiHref(this.#address, '/content', { path: upload.path }),
        upload,
        over,
      );
      if (status >= 200 && status < 300) upload.state = 'done';
      else {
        upload.state = 'failed';
        upload.isTaken = status === CONFLICT && !over;
        upload.why = messageIn(text);
      }
    } catch {
      // called back, or the connection broke: the server has left nothing of it
      if (upload.state === 'sending') upload.state = 'failed';
    } finally {
      this.#running -= 1;
    }
    if (upload.state === 'done') this.#onDone();
    this.#next();
  }
}

/** fetch does not say how far it is. */
function put(
  address: string,
  upload: Upload,
  over: boolean,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    upload.request = request;
    request.open('PUT', address);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('accept', 'application/json');
    if (!over) request.setRequestHeader('if-none-match', '*');
    request.upload.onprogress = ({ loaded }) => (upload.sentBytes = loaded);
    request.onload = () => {
      resolve({ status: request.status, text: request.responseText });
    };
    request.onerror = request.onabort = () => {
      reject(new Error('broken off'));
    };
    request.send(upload.file);
  });
}

function messageIn(text: string): string | null {
  try {
    return problemIn(JSON.parse(text))?.message ?? null;
  } catch {
    return null;
  }
}
