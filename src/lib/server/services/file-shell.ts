/**
 * Small programs that look at and change files inside a container that runs. Their text is constant; paths are arguments or nothing. They run as
 * root and, where its capabilities were taken away and it may not, as the container's own user.
 */
import { AppError } from '#lib/domain/errors.ts';
import type { ExecResult } from '../engine/engine.ts';
import type { FilePlace } from './file-place.ts';
import { RECORD_FORMAT } from './file-records.ts';

/** Exit codes of ours, above those that shells and tools use. */
export const SAID = { absent: 70, notFolder: 71, taken: 72, failed: 73, full: 74, refused: 75 } as const;

const THERE = '[ -e "$1" ] || [ -L "$1" ]';

export const SCRIPTS = {
  /** $1: a folder. */
  list: `
${THERE} || exit ${SAID.absent}
[ -d "$1" ] || exit ${SAID.notFolder}
cd "$1" || exit ${SAID.failed}
find . ! -name . -prune -exec stat -c '${RECORD_FORMAT}' -- {} + || exit ${SAID.failed}`,
  /** $1: a folder, $2: a name in it. */
  stat: `
cd "$1" || exit ${SAID.absent}
[ -e "./$2" ] || [ -L "./$2" ] || exit ${SAID.absent}
stat -c '${RECORD_FORMAT}' -- "./$2" || exit ${SAID.failed}`,
  /** Of each argument, a link: its target, a dot, NUL, what it leads to, NUL. The dot keeps newlines at the end. */
  links: `
for link; do
  printf '%s\\0' "$(readlink -n "$link"; echo .)"
  if [ -d "$link" ]; then printf 'folder\\0'
  elif [ -f "$link" ]; then printf 'file\\0'
  elif [ -e "$link" ]; then printf 'other\\0'
  else printf '\\0'
  fi
done`,
  /** $1: a path. Prints where it leads, all links followed, and a dot. */
  resolve: `
[ -e "$1" ] || exit ${SAID.absent}
readlink -nf "$1" || exit ${SAID.failed}
echo .`,
  /** $1: a folder in which something is to be renamed, $2: a name to try it with (`test -w` believes root whatever root lost). */
  writable: `[ -d "$1" ] && mkdir "$1/$2" && rmdir "$1/$2" || exit ${SAID.refused}`,
  /** $1: from, $2: to, $3: \`over\` when a file that is there may go. */
  move: `
${THERE} || exit ${SAID.absent}
[ -d "\${2%/*}/" ] || exit ${SAID.notFolder}
[ -d "$2" ] && exit ${SAID.taken}
if [ -e "$2" ] || [ -L "$2" ]; then [ "$3" = over ] || exit ${SAID.taken}; fi
mv -f "$1" "$2" || exit ${SAID.failed}`,
  /** $1: a path, $2: \`recursive\` or nothing. */
  delete: `
${THERE} || exit ${SAID.absent}
if [ -d "$1" ] && [ ! -L "$1" ]; then
  if [ "$2" = recursive ]; then rm -rf "$1" || exit ${SAID.failed}
  else
    [ -z "$(ls -A "$1" | head -n 1)" ] || exit ${SAID.full}
    rmdir "$1" || exit ${SAID.failed}
  fi
else rm -f "$1" || exit ${SAID.failed}
fi`,
  /** $1: a new folder. */
  folder: `
${THERE} && exit ${SAID.taken}
[ -d "\${1%/*}/" ] || exit ${SAID.absent}
mkdir "$1" || exit ${SAID.failed}`,
  /** $1: a file. Only a file: a pipe would be waited for, a device has no end. */
  read: `[ -f "$1" ] || exit ${SAID.absent}; exec cat "$1"`,
  /** $1: a file that becomes what comes in, $2: a file whose mode and owner it gets, or nothing. */
  write: `
umask 022
cat > "$1" || exit ${SAID.failed}
if [ -n "$2" ]; then
  chown "$(stat -c %u:%g "$2")" "$1" 2>/dev/null
  chmod "$(stat -c %a "$2")" "$1" || exit ${SAID.failed}
fi`,
  /** $1: a folder, $2: a name in it. */
  pack: `cd "$1" || exit ${SAID.absent}; exec tar -cf - -- "./$2"`,
} as const;
export type ScriptName = keyof typeof SCRIPTS;

/** null: the container's own. */
export type ShellUser = '0' | null;
const USERS: readonly ShellUser[] = ['0', null];

const LOOK_MS = 30_000;
/** Across mounts a move copies, and a large tree takes long to delete. */
const CHANGE_MS = 10 * 60_000;
const CHANGES: ReadonlySet<ScriptName> = new Set(['move', 'delete']);

export interface ShellAnswer extends ExecResult {
  readonly user: ShellUser;
}

/** null: there is no shell, or it lacks what the script needs, or the container does not run. What the script refuses is in the exit code. */
export async function runInside(
  place: FilePlace,
  script: ScriptName,
  args: readonly string[],
  options: { readonly maxBytes?: number; readonly signal?: AbortSignal; readonly user?: ShellUser } = {},
): Promise<ShellAnswer | null> {
  if (place.status !== 'running') return null;
  const users = options.user === undefined ? USERS : [options.user];
  let last: ShellAnswer | null = null;
  for (const user of users) {
    const answer = await runAs(place, user, script, args, options);
    if (answer === null) return last;
    // what is not there for one may be in a folder that only the other may look into
    if (answer.exitCode === 0 || DECIDED.has(answer.exitCode)) return answer;
    last ??= answer;
  }
  return last;
}

const DECIDED: ReadonlySet<number> = new Set([SAID.taken, SAID.full]);
/** What shells say of commands that are not there. */
const LACKING: ReadonlySet<number> = new Set([126, 127]);

async function runAs(
  { engine, containerId }: FilePlace,
  user: ShellUser,
  script: ScriptName,
  args: readonly string[],
  { maxBytes, signal }: { readonly maxBytes?: number; readonly signal?: AbortSignal },
): Promise<ShellAnswer | null> {
  try {
    const result = await engine.execute(containerId, {
      command: shellCommand(script, args),
      timeoutMs: CHANGES.has(script) ? CHANGE_MS : LOOK_MS,
      workdir: '/',
      ...(user === null ? {} : { user }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
      ...(signal === undefined ? {} : { signal }),
    });
    return LACKING.has(result.exitCode) ? null : { ...result, user };
  } catch (error) {
    const isUnfit = error instanceof AppError && (error.code === 'VALIDATION' || error.code === 'CONFLICT');
    if (isUnfit) return null;
    throw error;
  }
}

export function shellCommand(script: ScriptName, args: readonly string[]): readonly string[] {
  return ['sh', '-c', SCRIPTS[script], 'slipway', ...args];
}
