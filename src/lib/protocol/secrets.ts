/** A secret as people see it: everything but its value. */
export interface SecretView {
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastUsedAt: string | null;
  /** Names of agents that have it in their spec. */
  readonly agents: readonly string[];
}
