#pragma once

#include <napi.h>

namespace binding {

void export_netns(Napi::Env env, Napi::Object exports);
void export_links(Napi::Env env, Napi::Object exports);
void export_addresses(Napi::Env env, Napi::Object exports);
void export_routes(Napi::Env env, Napi::Object exports);
void export_neighbours(Napi::Env env, Napi::Object exports);
void export_nft(Napi::Env env, Napi::Object exports);
void export_mounts(Napi::Env env, Napi::Object exports);
void export_processes(Napi::Env env, Napi::Object exports);
void export_limits(Napi::Env env, Napi::Object exports);
void export_watch(Napi::Env env, Napi::Object exports);
void export_devices(Napi::Env env, Napi::Object exports);
void export_projects(Napi::Env env, Napi::Object exports);
void export_terminals(Napi::Env env, Napi::Object exports);

}  // namespace binding
