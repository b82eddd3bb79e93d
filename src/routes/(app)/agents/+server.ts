/** `/agents` speaks JSON too, to whoever does not ask for HTML: the same answers as `/api/agents`. */
export { GET, POST } from '../../api/agents/+server.ts';
