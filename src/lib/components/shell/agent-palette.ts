import type { AgentView } from '#lib/protocol/views.ts';
import { a } from '#lib/text/en-agent.ts';
import { t } from '#lib/text/en.ts';
import { typeTitle } from '../agents/agent-order.ts';
import { sayState } from '../agents/agent-words.ts';
import { NAV } from './nav.ts';
import type { PaletteItem } from './palette.ts';

/** What the palette finds: agents with their state, pages, and what can be begun from anywhere. */
export function agentPalette(
  agents: readonly AgentView[],
  go: (href: string) => void,
): readonly PaletteItem[] {
  const pages = NAV.map((link): PaletteItem => ({
    id: link.href,
    group: 'pages',
    label: link.label,
    icon: link.icon,
    href: link.href,
  }));
  const more = [
    { href: '/agents/unmanaged', label: a.unmanaged.menu, icon: 'host' },
    { href: '/agents/cleanup', label: a.cleanup.menu, icon: 'clean' },
  ] as const;
  for (const { href, label, icon } of more) pages.push({ id: href, group: 'pages', label, icon, href });
  const found = agents.map((agent): PaletteItem => {
    const { shape, tone, word } = sayState(agent, 0, undefined, undefined);
    return {
      id: agent.id,
      group: 'agents',
      label: agent.name,
      detail: `${typeTitle(agent.type)}, ${agent.host}, ${word}`,
      mark: { shape, tone },
      href: `/agents/${agent.id}`,
    };
  });
  const launch: PaletteItem = {
    id: 'new',
    group: 'actions',
    label: t.nav.newAgent,
    icon: 'plus',
    run: () => go('/agents/new'),
  };
  return [...found, ...pages, launch];
}
