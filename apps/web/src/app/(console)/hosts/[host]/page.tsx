import { redirect } from 'next/navigation';
import { paths } from '@/paths';

export default async function HostPage({ params }: { params: Promise<{ host: string }> }) {
  redirect(paths.host(decodeURIComponent((await params).host)));
}
