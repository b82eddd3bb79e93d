/** The `docker run` that makes the same container as an agent has, and the proof that it does. */
import { containerOf } from '#lib/domain/agent-container.ts';
import { formatRun } from '#lib/domain/docker-run/format.ts';
import { comparableInspect } from '#lib/domain/docker-run/testing/compare.ts';
import { newId } from '#lib/domain/ids.ts';
import { agentLabels } from '#lib/domain/labels.ts';
import type { AgentDetailView } from '#lib/protocol/views.ts';
import type { HttpClient } from './http-client.ts';

/** The words after `docker`. The labels have the same keys and lengths, and say that another instance owns it: Slipway must keep its hands off. */
export function dockerRunWords(agent: AgentDetailView, name: string): readonly string[] {
  const { type, spec } = agent;
  const labels = agentLabels({ instance: newId(), id: newId(), name, type, tags: spec.tags });
  const [, run = '', ...rest] = formatRun(containerOf(name, spec, labels).body, { name }).words;
  // formatRun leaves out the labels of ours
  const labelled = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  return [run, ...labelled, ...rest];
}

/** Throws with both, as the engine tells them, when two containers differ in more than their names and our labels. */
export async function refuseDifference(docker: HttpClient, one: string, other: string): Promise<void> {
  const [first, second] = await Promise.all([describe(docker, one), describe(docker, other)]);
  if (first !== second) throw new Error(`${one} and ${other} are not the same:\n${first}\n${second}`);
}

async function describe(docker: HttpClient, name: string): Promise<string> {
  const said = comparableInspect(await docker.json(`/containers/${name}/json`));
  return said
    .replace(/"MacAddress":"02:42:[^"]*"/g, '"MacAddress":"<made of its address>"')
    .replace(/\["dev\.slipway\.(instance|agent\.id)","[^"]+"\]/g, '["dev.slipway.$1","<own>"]')
    .replaceAll(`"${name}"`, '"<name>"');
}
