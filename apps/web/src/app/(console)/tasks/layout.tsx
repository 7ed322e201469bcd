import type { Metadata } from 'next';
import { type ReactNode, Suspense } from 'react';
import { TasksPage } from './tasks-page';

export const metadata: Metadata = { title: 'Tasks' };

/** The list stays while one walks through the tasks beside it. */
export default function TasksLayout({ children }: { children: ReactNode }) {
  return (
    <Suspense>
      <TasksPage>{children}</TasksPage>
    </Suspense>
  );
}
