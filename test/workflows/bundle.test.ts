import { describe, expect, it } from 'vitest';
import { workflowBundle } from '../../worker/bundle.ts';
