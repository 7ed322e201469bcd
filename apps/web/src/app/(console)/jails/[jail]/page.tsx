import { redirect } from 'next/navigation';
import { paths } from '@/paths';

export default async function JailPage({ params }: { params: Promise<{ jail: string }> }) {
  redirect(paths.jail(decodeURIComponent((await params).jail)));
}
