import { createFakeKernel } from '../lib/fake-kernel.ts';
import { kernelContract } from './kernel-contract.ts';

kernelContract('the fake kernel', createFakeKernel(), '/run/fake');
