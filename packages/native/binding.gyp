{
  "variables": { "asan%": 0 },
  "target_defaults": {
    "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++20", "-std=gnu++17"],
    "cflags_cc": ["-std=c++20", "-fexceptions"],
    "cflags": [
      "-O2", "-g", "-Wall", "-Wextra", "-Wno-missing-field-initializers",
      "-fvisibility=hidden", "-fstack-protector-strong", "-fstack-clash-protection", "-fcf-protection=full"
    ],
    "ldflags": ["-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack"],
    "defines": ["_GNU_SOURCE", "_GLIBCXX_ASSERTIONS"],
    "conditions": [
      ["asan==1", {
        "cflags": ["-fsanitize=address,undefined", "-fno-omit-frame-pointer", "-fno-sanitize-recover=undefined"],
        "ldflags": ["-fsanitize=address,undefined"]
      }, {
        "defines": ["_FORTIFY_SOURCE=3"]
      }]
    ]
  },
  "targets": [
    {
      "target_name": "cellblock",
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=9", "NODE_ADDON_API_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED"],
      "libraries": ["-lnftables"],
      # A host that was enrolled by its line has no libnftables of its own: it comes with the agent, in lib beside
      # the addon. RPATH, not RUNPATH, holds for the libraries of that library too.
      "ldflags": ["-Wl,--disable-new-dtags", "-Wl,-rpath,'$$ORIGIN/lib'"],
      "sources": [
        "<!@(ls cpp/kernel/*.cc)",
        "<!@(ls cpp/binding/*.cc)"
      ]
    }
  ]
}
