/** An agent as a command, as JSON and as a call of the API. Pure. */
import { quoteWord } from '#lib/domain/docker-run/split.ts';
import type { AgentDetailView } from '#lib/protocol/views.ts';

export const COMMAND_KINDS = ['run', 'json', 'curl'] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

type Detail = Pick<AgentDetailView, 'name' | 'type' | 'input' | 'command'>;

export function commandTexts(detail: Detail, origin: string): Readonly<Record<CommandKind, string>> {
  const body = { name: detail.name, type: detail.type, ...detail.input };
  const json = JSON.stringify(body, null, 2);
  const curl = [
    `curl -X POST ${origin}/api/agents`,
    "-H 'Content-Type: application/json'",
    "-H 'Authorization: Bearer TOKEN'",
    `-d ${quoteWord(json)}`,
  ].join(' \\\n  ');
  return { run: detail.command, json, curl };
}
