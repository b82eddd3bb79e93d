export { GET } from '../../../../api/agents/[id]/metrics/+server.ts';
