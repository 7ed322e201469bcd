#include "verbs.h"

namespace {

Napi::Object export_all(Napi::Env env, Napi::Object exports) {
  binding::export_netns(env, exports);
  binding::export_links(env, exports);
  binding::export_addresses(env, exports);
  binding::export_routes(env, exports);
  binding::export_neighbours(env, exports);
  binding::export_nft(env, exports);
  binding::export_mounts(env, exports);
  binding::export_processes(env, exports);
  binding::export_limits(env, exports);
  binding::export_watch(env, exports);
  binding::export_devices(env, exports);
  binding::export_projects(env, exports);
  binding::export_terminals(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(cellblock, export_all)
