import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { TasksPage } from './tasks-page';

export const metadata: Metadata = { title: 'Tasks' };

/** The list stays while one walks through the tasks beside it. */
export default function TasksLayout({ children }: { children: ReactNode }) {
  return <TasksPage>{children}</TasksPage>;
}
