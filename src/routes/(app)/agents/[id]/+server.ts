export { DELETE, GET } from '../../../api/agents/[id]/+server.ts';
