#include <linux/neighbour.h>

#include "../kernel/rtnl_neigh.h"
#include "async_call.h"
#include "link_names.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

using kernel::NetlinkSocket;

Napi::Value replace_neighbour(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), link = options.text("link"),
                              address = options.text("address"), mac = options.text("mac")] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::replace_neighbour(socket, link, address, mac);
  });
}

Napi::Value delete_neighbour(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), link = options.text("link"),
                              address = options.text("address")] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::delete_neighbour(socket, link, address);
  });
}

Napi::Value probe_neighbour(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), link = options.text("link"),
                              address = options.text("address")] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::probe_neighbour(socket, link, address);
  });
}

const char* state_in_words(uint16_t state) {
  if (state & NUD_PERMANENT) return "permanent";
  if (state & NUD_REACHABLE) return "reachable";
  if (state & NUD_STALE) return "stale";
  if (state & NUD_INCOMPLETE) return "incomplete";
  if (state & NUD_FAILED) return "failed";
  return "other";
}

struct NeighbourListing {
  std::vector<kernel::Neighbour> neighbours;
  LinkNames names;
};

Napi::Value list_neighbours(const Napi::CallbackInfo& info) {
  return answer(
      info.Env(),
      [netns = Options(info).text_or_empty("netns")] {
        NetlinkSocket socket = NetlinkSocket::open(netns);
        NeighbourListing listing{kernel::list_neighbours(socket), {}};
        listing.names = names_of(kernel::list_links(socket));
        return listing;
      },
      [](Napi::Env env, const NeighbourListing& listing) {
        auto list = Napi::Array::New(env);
        for (const auto& neighbour : listing.neighbours) {
          auto object = Napi::Object::New(env);
          object.Set("link", name_of(listing.names, neighbour.link_index));
          object.Set("address", neighbour.address);
          object.Set("mac", env.Null());
          if (neighbour.mac) object.Set("mac", *neighbour.mac);
          object.Set("state", state_in_words(neighbour.state));
          list.Set(list.Length(), object);
        }
        return list;
      });
}

Napi::Value replace_forwarding(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), port = options.text("port"),
                              mac = options.text("mac")] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::replace_forwarding(socket, port, mac);
  });
}

Napi::Value delete_forwarding(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), port = options.text("port"),
                              mac = options.text("mac")] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::delete_forwarding(socket, port, mac);
  });
}

struct ForwardingListing {
  std::vector<kernel::ForwardingEntry> entries;
  LinkNames names;
};

Napi::Value list_forwarding(const Napi::CallbackInfo& info) {
  return answer(
      info.Env(),
      [netns = Options(info).text_or_empty("netns")] {
        NetlinkSocket socket = NetlinkSocket::open(netns);
        ForwardingListing listing{kernel::list_forwarding(socket), {}};
        listing.names = names_of(kernel::list_links(socket));
        return listing;
      },
      [](Napi::Env env, const ForwardingListing& listing) {
        auto list = Napi::Array::New(env);
        for (const auto& entry : listing.entries) {
          auto object = Napi::Object::New(env);
          object.Set("bridge", name_of(listing.names, entry.bridge_index));
          object.Set("port", name_of(listing.names, entry.port_index));
          object.Set("mac", entry.mac);
          list.Set(list.Length(), object);
        }
        return list;
      });
}

}  // namespace

void export_neighbours(Napi::Env env, Napi::Object exports) {
  exports.Set("replaceNeighbour", Napi::Function::New(env, replace_neighbour));
  exports.Set("deleteNeighbour", Napi::Function::New(env, delete_neighbour));
  exports.Set("probeNeighbour", Napi::Function::New(env, probe_neighbour));
  exports.Set("listNeighbours", Napi::Function::New(env, list_neighbours));
  exports.Set("replaceForwarding", Napi::Function::New(env, replace_forwarding));
  exports.Set("deleteForwarding", Napi::Function::New(env, delete_forwarding));
  exports.Set("listForwarding", Napi::Function::New(env, list_forwarding));
}

}  // namespace binding
