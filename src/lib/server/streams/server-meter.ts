/** What the doors of this process count for its own figures. */
export interface ServerMeter {
  /** Pages that are connected now. */
  sockets: number;
}
