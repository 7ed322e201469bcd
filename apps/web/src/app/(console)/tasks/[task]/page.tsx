import { notFound } from 'next/navigation';
import { TaskDetail } from './task-detail';

export default async function TaskPage({ params }: { params: Promise<{ task: string }> }) {
  const task = decodeURIComponent((await params).task);
  if (!/^T-\d{1,9}$/i.test(task)) notFound();
  return <TaskDetail id={task.toUpperCase()} />;
}
