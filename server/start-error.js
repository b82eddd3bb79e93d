/** A reason not to start that its sentence explains in full: no stack is shown. */
export class StartError extends Error {}
