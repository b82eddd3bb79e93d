/** Answers of `GET /containers/{id}/stats?stream=false&one-shot=true`. */

/** Recorded from Engine 20.10.24 on cgroup v1: an agent with a limit of 512 MiB. Some counters that nobody reads are left out. */
export const CGROUP_V1 = {
  read: '2026-11-21T09:06:44.283473414Z',
  preread: '0001-01-01T00:00:00Z',
  pids_stats: { current: 3, limit: 512 },
  blkio_stats: { io_service_bytes_recursive: [], io_serviced_recursive: [] },
  num_procs: 0,
  storage_stats: {},
  cpu_stats: {
    cpu_usage: {
      total_usage: 61859849,
      percpu_usage: [32828234, 29031615],
      usage_in_kernelmode: 30000000,
      usage_in_usermode: 30000000,
    },
    system_cpu_usage: 14210550000000,
    online_cpus: 2,
    throttling_data: { periods: 76, throttled_periods: 0, throttled_time: 0 },
  },
  precpu_stats: {
    cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  },
  memory_stats: {
    usage: 614400,
    max_usage: 3960832,
    stats: {
      active_file: 0,
      cache: 0,
      hierarchical_memory_limit: 536870912,
      inactive_file: 0,
      rss: 180224,
      total_cache: 0,
      total_inactive_file: 0,
      total_rss: 180224,
    },
    limit: 536870912,
  },
  name: '/scratch',
  id: '8755e6871706678abfdb50484279d08b92e10a1fa317d9fbd423932931718bb3',
  networks: {
    eth0: {
      rx_bytes: 1076,
      rx_packets: 14,
      rx_errors: 0,
      rx_dropped: 0,
      tx_bytes: 0,
      tx_packets: 0,
      tx_errors: 0,
      tx_dropped: 0,
    },
  },
} as const;

/** Written by hand after the API's documentation, not recorded: the shape of cgroup v2, with two networks and disk figures. */
export const CGROUP_V2 = {
  read: '2026-11-21T09:06:44.5Z',
  preread: '0001-01-01T00:00:00Z',
  pids_stats: { current: 12, limit: 18446744073709552000 },
  blkio_stats: {
    io_service_bytes_recursive: [
      { major: 254, minor: 0, op: 'read', value: 4096 },
      { major: 254, minor: 0, op: 'write', value: 8192 },
      { major: 254, minor: 16, op: 'read', value: 1 },
    ],
    io_serviced_recursive: null,
  },
  num_procs: 0,
  storage_stats: {},
  cpu_stats: {
    cpu_usage: { total_usage: 5_000_000_000, usage_in_kernelmode: 1, usage_in_usermode: 2 },
    system_cpu_usage: 1,
    online_cpus: 8,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  },
  precpu_stats: { cpu_usage: { total_usage: 0 }, throttling_data: {} },
  memory_stats: {
    usage: 30_000_000,
    stats: { active_file: 1, anon: 2, file: 3, inactive_file: 10_000_000 },
    limit: 16_000_000_000,
  },
  name: '/busy',
  id: 'b',
  networks: { eth0: { rx_bytes: 10, tx_bytes: 1 }, eth1: { rx_bytes: 5, tx_bytes: 2 } },
} as const;

/** Recorded from Engine 20.10.24: a container that has ended. */
export const STOPPED = {
  read: '0001-01-01T00:00:00Z',
  preread: '0001-01-01T00:00:00Z',
  pids_stats: {},
  blkio_stats: { io_service_bytes_recursive: null, io_serviced_recursive: null },
  num_procs: 0,
  storage_stats: {},
  cpu_stats: {
    cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  },
  precpu_stats: {
    cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  },
  memory_stats: {},
  name: '/schema-migrator',
  id: '22adb50bc99d7e55d790f73b0b1b58e473ad9ab1ebab6a99fafafc33da8ae49f',
} as const;

/**
 * Recorded from the same engine: two readings, two seconds apart, of a busy loop that may use a fifth of a core and has read a file of 20 MiB
 * twice. The kernel counts what was read twice as active: it stays in the figure, as in that of the docker CLI.
 */
export const CGROUP_V1_HELD_BACK = [
  {
    read: '2026-11-21T19:19:56.629756988Z',
    preread: '0001-01-01T00:00:00Z',
    pids_stats: { current: 2 },
    blkio_stats: { io_service_bytes_recursive: [] },
    cpu_stats: {
      cpu_usage: {
        total_usage: 566147605,
        percpu_usage: [181200847, 384946758],
        usage_in_kernelmode: 20000000,
        usage_in_usermode: 530000000,
      },
      system_cpu_usage: 49493940000000,
      online_cpus: 2,
      throttling_data: { periods: 33, throttled_periods: 20, throttled_time: 952379302 },
    },
    memory_stats: {
      usage: 22396928,
      stats: {
        active_file: 20971520,
        cache: 20971520,
        inactive_file: 0,
        total_active_file: 20971520,
        total_cache: 20971520,
        total_inactive_file: 0,
      },
      limit: 67108864,
    },
    networks: { eth0: { rx_bytes: 1042, tx_bytes: 0 } },
  },
  {
    read: '2026-11-21T19:19:58.663287976Z',
    preread: '0001-01-01T00:00:00Z',
    pids_stats: { current: 2 },
    blkio_stats: { io_service_bytes_recursive: [] },
    cpu_stats: {
      cpu_usage: {
        total_usage: 932561710,
        percpu_usage: [461254023, 471307687],
        usage_in_kernelmode: 30000000,
        usage_in_usermode: 900000000,
      },
      system_cpu_usage: 49498000000000,
      online_cpus: 2,
      throttling_data: { periods: 54, throttled_periods: 34, throttled_time: 1466693900 },
    },
    memory_stats: {
      usage: 22208512,
      stats: {
        active_file: 20971520,
        cache: 20971520,
        inactive_file: 0,
        total_active_file: 20971520,
        total_cache: 20971520,
        total_inactive_file: 0,
      },
      limit: 67108864,
    },
    networks: { eth0: { rx_bytes: 1042, tx_bytes: 0 } },
  },
] as const;
