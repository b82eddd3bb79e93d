/**
 * What stands before the @ of an ssh address: the agent's name or id, and who to be inside its container. `fox`, `node+fox`, `1000:1000+fox`.
 * No name of an agent holds a plus.
 */
export interface SshUser {
  readonly agent: string;
  /** null: who the container itself runs as. */
  readonly user: string | null;
}

const USER = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,31}(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,31})?$/;

/** null: this names no agent. */
export function readSshUser(text: string): SshUser | null {
  const plus = text.lastIndexOf('+');
  if (plus === -1) return text === '' ? null : { agent: text, user: null };
  const user = text.slice(0, plus);
  const agent = text.slice(plus + 1);
  return agent === '' || !USER.test(user) ? null : { agent, user };
}
