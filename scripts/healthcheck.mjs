/** The container's health check: ends with 0 when the server in the same container says that it is well. */
import { get } from 'node:http';

const request = get(
  { host: '127.0.0.1', port: process.env.PORT ?? 3200, path: '/api/health', timeout: 3_000 },
  (response) => {
    response.resume();
    process.exitCode = response.statusCode === 200 ? 0 : 1;
  },
);
request.on('timeout', () => request.destroy(new Error('no answer within 3 s')));
request.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
