import type { NextConfig } from 'next';

const config: NextConfig = {
  output: 'standalone',
  // Types are checked by `./dev types` over the whole workspace, with the workspace's compiler.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  poweredByHeader: false,
  transpilePackages: ['@cellblock/shared'],
  reactStrictMode: true,
  devIndicators: false,
  outputFileTracingRoot: new URL('../..', import.meta.url).pathname,
  turbopack: { root: new URL('../..', import.meta.url).pathname },
};

export default config;
