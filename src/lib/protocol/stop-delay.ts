/** A stop from a page waits this long before anything is sent; meanwhile it can be taken back. Milliseconds. */
export const STOP_DELAY_MS = 4_000;
/** A removal from the page begins after this time; meanwhile it can be taken back. */
export const REMOVE_GRACE_MS = 10_000;
