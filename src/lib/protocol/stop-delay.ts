/** A stop from a page waits this long before anything is sent; meanwhile it can be taken back. Milliseconds. */
export const STOP_DELAY_MS = 4_000;
