import { it } from 'vitest';

it.todo('being written (storage helper)');
