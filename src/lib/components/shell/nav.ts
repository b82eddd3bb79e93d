import { t } from '#lib/text/en.ts';
import type { IconName } from '../ui/icon-names.ts';

/** A page of the navigation. Only pages that exist stand here; a new part adds its line. */
export interface NavLink {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** Which number stands behind the label. */
  readonly shows?: 'attention' | 'agents';
  /** At the foot of the side bar. */
  readonly foot?: true;
}

export const NAV: readonly NavLink[] = [
  { href: '/', label: t.nav.overview, icon: 'overview', shows: 'attention' },
  { href: '/agents', label: t.nav.agents, icon: 'agents', shows: 'agents' },
  { href: '/logs', label: t.nav.logs, icon: 'log' },
  { href: '/snapshots', label: t.nav.snapshots, icon: 'fork' },
  { href: '/images', label: t.nav.images, icon: 'images' },
  { href: '/activity', label: t.nav.activity, icon: 'activity' },
  { href: '/settings', label: t.nav.settings, icon: 'settings', foot: true },
];

/** True for the link's own page and the pages below it. */
export function isCurrent(link: { readonly href: string }, path: string): boolean {
  return link.href === '/' ? path === '/' : path === link.href || path.startsWith(`${link.href}/`);
}

/** Up to two letters for a user's disc: `ada lovelace` AL, `admin` AD. */
export function initials(name: string): string {
  const [first = '', second] = name.split(/[\s._@-]+/).filter(Boolean);
  return (second === undefined ? first.slice(0, 2) : first.slice(0, 1) + second.slice(0, 1)).toUpperCase();
}
