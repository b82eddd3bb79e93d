/** How a state is said: shape, tone and word, from an agent's view and what is known of its running step. Pure. */
import { isOwnEnd, type AgentState } from '#lib/domain/agent-state.ts';
import type { AgentView, AttentionKind, ProgressView, Pulse } from '#lib/protocol/views.ts';
import { a } from '#lib/text/en-agent.ts';
import { t } from '#lib/text/en.ts';
import { secondsUntil, shortSpan } from '../ui/time.ts';
import type { Shape, Tone } from '../ui/state-shapes.ts';

export interface StateSaid {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly word: string;
}

type About = Pick<AgentView, 'status' | 'state' | 'reason' | 'attention' | 'exitCode' | 'stopDeadline'>;

const QUIET = {
  ready: { tone: 'ready', shape: 'ready' },
  paused: { tone: 'rest', shape: 'paused' },
  exited: { tone: 'rest', shape: 'exited' },
  stopped: { tone: 'rest', shape: 'rest' },
  removed: { tone: 'rest', shape: 'rest' },
} as const satisfies Partial<Record<AgentState, { tone: Tone; shape: Shape }>>;

const ASKS = {
  waiting_input: t.agent.waitingInput,
  needs_login: t.agent.needsLogin,
  stalled: t.agent.stalled,
  limit: t.agent.limit,
  done_unseen: t.agent.doneUnseen,
} as const satisfies Partial<Record<AttentionKind, string>>;

const at = (tone: Tone, word: string, shape: Shape = tone): StateSaid => ({ tone, shape, word });

/** `now` in milliseconds; `progress` of the running step and `pulse` where there are any. */
export function sayState(agent: About, now: number, progress?: ProgressView, pulse?: Pulse): StateSaid {
  if (agent.status === 'unreachable')
    return at('rest', t.agent.unreachableWas(t.agent.was[agent.state]), 'lost');
  switch (agent.state) {
    case 'crashed':
      return at('broken', crashWord(agent));
    case 'failed':
      return at('broken', t.agent.failed);
    case 'stopping':
      return at('work', stoppingWord(agent, now));
    case 'queued':
    case 'preparing':
    case 'creating':
    case 'starting':
      return at('work', stepWord(agent.state, progress));
    case 'restarting':
      return at('work', restartingWord(agent, progress));
    case 'removing':
      return at('work', removingWord(agent, now, progress));
    default:
  }
  const asks = askWord(agent.attention, pulse);
  if (asks !== null) return at('need', asks);
  return { ...QUIET[agent.state], word: soonWord(agent, now, pulse) ?? quietWord(agent) };
}

function askWord(attention: AttentionKind | null, pulse: Pulse | undefined): string | null {
  if (attention === null || attention === 'crashed' || attention === 'failed') return null;
  if (
    attention === 'limit' &&
    pulse !== undefined &&
    pulse.memory !== null &&
    pulse.memoryLimit !== null &&
    pulse.memoryLimit > 0
  ) {
    return t.agent.memoryAt(Math.round((pulse.memory / pulse.memoryLimit) * 100));
  }
  return ASKS[attention];
}

function crashWord(agent: About): string {
  const code = agent.exitCode === null ? '' : ` ${agent.exitCode}`;
  return agent.reason === 'oom' ? t.agent.crashedOom(code) : t.agent.crashed(code);
}

function stoppingWord(agent: About, now: number): string {
  if (agent.stopDeadline === null) return t.agent.stopping;
  const left = secondsUntil(Date.parse(agent.stopDeadline), now);
  return left === 0 ? t.agent.killing : t.agent.stoppingIn(left);
}

function removingWord(agent: About, now: number, progress: ProgressView | undefined): string {
  const left = agent.stopDeadline === null ? 0 : secondsUntil(Date.parse(agent.stopDeadline), now);
  return left === 0 ? stepWord('removing', progress) : t.agent.removingIn(left);
}

function restartingWord({ reason }: About, progress: ProgressView | undefined): string {
  return reason !== null && isOwnEnd(reason)
    ? t.agent.restartingAfter(reason === 'oom' ? 'OOM' : reason)
    : stepWord('restarting', progress);
}

/** So near to the end of its idle time the row says so. Only where `now` is known. */
const SOON_MS = 5 * 60_000;

function soonWord(agent: About, now: number, pulse: Pulse | undefined): string | null {
  const stopsAt = pulse?.idle?.stopsAt;
  if (agent.state !== 'ready' || now === 0 || stopsAt == null) return null;
  const left = Date.parse(stopsAt) - now;
  return left > SOON_MS ? null : t.agent.readyStops(shortSpan(left));
}

function stepWord(state: keyof typeof t.agent.working, progress: ProgressView | undefined): string {
  if (progress === undefined) return t.agent.working[state];
  const steps: Readonly<Record<string, string>> = t.agent.steps;
  const word = steps[progress.step] ?? t.agent.working[state];
  return progress.percent === null ? word : t.agent.percent(word, Math.round(progress.percent));
}

function quietWord(agent: About): string {
  if (agent.state === 'exited') return t.agent.exited(agent.exitCode ?? 0);
  if (agent.state === 'paused') return t.agent.paused;
  if (agent.state === 'removed') return t.agent.removed;
  if (agent.state !== 'stopped') return t.agent.ready;
  return stoppedWord(agent.reason);
}

/** The reasons of the domain (`operator ada`, `idle`, `external`…) in words. */
function stoppedWord(reason: string | null): string {
  if (reason === null) return t.agent.stopped;
  const operator = /^operator (.+)$/.exec(reason)?.[1];
  if (operator !== undefined) return t.agent.stoppedBy(operator);
  const known: Readonly<Record<string, string>> = t.agent.stoppedFor;
  return known[reason] ?? t.agent.stoppedBecause(reason);
}

/** The reasons of the domain in plain words, for a sentence: `restart policy` "its restart policy started it again". */
export function reasonWords(reason: string | null): string | null {
  if (reason === null) return null;
  const operator = /^operator (.+)$/.exec(reason)?.[1];
  if (operator !== undefined) return a.why.operator(operator);
  const adopter = /^adopted by (?:operator )?(.+)$/.exec(reason)?.[1];
  if (adopter !== undefined) return a.why.adopted(adopter);
  const code = /^(?:crash|exit) (\d+)$/.exec(reason)?.[1];
  if (code !== undefined) return a.why.ended(Number(code));
  if (reason === 'oom') return a.why.oom;
  const known: Readonly<Record<string, string>> = a.why.known;
  return known[reason] ?? reason;
}

/** The same for the column "why" of a table. */
export function shortReason(reason: string | null): string {
  const adopter = /^adopted by (?:operator )?(.+)$/.exec(reason ?? '')?.[1];
  if (adopter !== undefined) return a.why.adopted(adopter);
  const known: Readonly<Record<string, string>> = a.why.short;
  return reason === null ? '' : (known[reason] ?? reason);
}

/** Why it is as it is, in a sentence without its beginning "Since 14:02, ". A restart by policy names the end that came before. */
export function whyWords(agent: Pick<AgentView, 'state' | 'reason'>): string | null {
  const { state, reason } = agent;
  if (state === 'restarting' && reason !== null && isOwnEnd(reason))
    return a.why.restartsAfter(reason === 'oom' ? 'OOM' : reason);
  return reasonWords(reason);
}

/** What to say about a crash or a failure in one sentence, where something is known beyond the word. */
export function causeOf(
  agent: Pick<AgentView, 'state' | 'reason' | 'exitCode' | 'error' | 'limits'>,
): string | null {
  if (agent.error !== null) return agent.error.message;
  if (agent.state !== 'crashed') return null;
  if (agent.reason === 'oom') return t.agent.causeOom(agent.limits.memory);
  const codes: Readonly<Record<number, string>> = t.agent.codes;
  return agent.exitCode === null ? null : t.agent.causeCode(agent.exitCode, codes[agent.exitCode]);
}
