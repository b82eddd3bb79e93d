export { GET } from '../../../../api/agents/[id]/logs/+server.ts';
