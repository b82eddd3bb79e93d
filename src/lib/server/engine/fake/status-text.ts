import type { FakeContainer } from './container.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** The engine's words for the state of a container in its list. */
export function statusText(container: FakeContainer, now: number): string {
  const { status, exitCode, startedAt, finishedAt } = container;
  const since = (at: number | null) => inWords(Math.floor((now - (at ?? now)) / 1000));
  switch (status) {
    case 'running':
      return `Up ${since(startedAt)}`;
    case 'paused':
      return `Up ${since(startedAt)} (Paused)`;
    case 'restarting':
      return `Restarting (${exitCode}) ${since(finishedAt)} ago`;
    case 'exited':
      return `Exited (${exitCode}) ${since(finishedAt)} ago`;
    case 'created':
      return 'Created';
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
  }
}

function inWords(seconds: number): string {
  const hours = Math.round(seconds / HOUR);
  const minutes = Math.floor(seconds / MINUTE);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < MINUTE) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(seconds / DAY);
  if (days < 14) return `${days} days`;
  if (days < 60) return `${Math.floor(days / 7)} weeks`;
  if (days < 730) return `${Math.floor(days / 30)} months`;
  return `${Math.floor(days / 365)} years`;
}
