'use client';
import { Loaded } from '../../../../loaded';
import { useJail } from '../use-jail';
import { FileBrowser } from './file-browser';
import { ViewPanel } from './view-panel';

/** What a jail sees, whether that is so, and what lies in it. */
export function JailFiles() {
  return (
    <Loaded query={useJail()}>
      {(jail) => (
        <div className="flex min-w-0 flex-col gap-4">
          <ViewPanel jail={jail} />
          <FileBrowser jail={jail} />
        </div>
      )}
    </Loaded>
  );
}
