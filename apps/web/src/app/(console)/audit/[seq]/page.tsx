import { notFound } from 'next/navigation';
import { EventDetail } from './event-detail';

export default async function AuditEventPage({ params }: { params: Promise<{ seq: string }> }) {
  const seq = Number((await params).seq);
  if (!Number.isInteger(seq) || seq < 1) notFound();
  return <EventDetail seq={seq} />;
}
