import type { Kernel, Project, ProjectQuota } from '../kernel.ts';
import { refuse, type World } from './world.ts';

type Options<Verb extends keyof Kernel> = Parameters<Kernel[Verb]>[0];

function projectsOf(world: World, step: string): Map<string, Project> {
  world.begin(step);
  return world.projects ?? refuse(step, 'EOPNOTSUPP', 'its file system counts no projects');
}

/** There are no files here: nothing is ever used. */
export function readProject(world: World, { path }: Options<'readProject'>): Project {
  world.begin(`read the project of ${path}`);
  return world.projects?.get(path) ?? { project: 0, inherits: false };
}

export function setProject(world: World, { path, project }: Options<'setProject'>) {
  projectsOf(world, `count ${path} under project ${project}`).set(path, { project, inherits: true });
}

export function readProjectQuota(world: World, { path, project }: Options<'readProjectQuota'>): ProjectQuota {
  projectsOf(world, `read the quota of project ${project} on ${path}`);
  const limits = world.quotas.get(project) ?? { bytes: null, inodes: null };
  return { usedBytes: 0, usedInodes: 0, ...limits };
}

export function setProjectQuota(world: World, { path, project, bytes, inodes }: Options<'setProjectQuota'>) {
  projectsOf(world, `limit project ${project} on ${path}`);
  world.quotas.set(project, { bytes, inodes });
}
