globalThis.__BUILD_MANIFEST = {
  "pages": {
    "/_app": []
  },
  "devFiles": [],
  "polyfillFiles": [
    "static/chunks/0cz1d0mv5g_q7.js"
  ],
  "lowPriorityFiles": [
    "static/TxZ_FvIEbeOGwTT0l7Ahd/_buildManifest.js",
    "static/TxZ_FvIEbeOGwTT0l7Ahd/_ssgManifest.js",
    "static/TxZ_FvIEbeOGwTT0l7Ahd/_clientMiddlewareManifest.js"
  ],
  "rootMainFiles": [
    "static/chunks/0ptuxkxqlt08_.js",
    "static/chunks/1429g8cbk70qx.js",
    "static/chunks/09ff7s9_0d9-n.js",
    "static/chunks/turbopack-2u1d16houkiyo.js"
  ],
  "rootMainFilesTree": {},
  "pagesChunkGroupBootstrapParams": {
    "/page": {
      "otherChunks": [
        "static/chunks/0ptuxkxqlt08_.js",
        "static/chunks/1429g8cbk70qx.js",
        "static/chunks/09ff7s9_0d9-n.js"
      ],
      "runtimeModuleIds": [
        73324
      ]
    },
    "/_not-found/page": {
      "otherChunks": [
        "static/chunks/0ptuxkxqlt08_.js",
        "static/chunks/1429g8cbk70qx.js",
        "static/chunks/09ff7s9_0d9-n.js"
      ],
      "runtimeModuleIds": [
        73324
      ]
    },
    "/_global-error/page": {
      "otherChunks": [
        "static/chunks/0ptuxkxqlt08_.js",
        "static/chunks/1429g8cbk70qx.js",
        "static/chunks/09ff7s9_0d9-n.js"
      ],
      "runtimeModuleIds": [
        73324
      ]
    },
    "/dashboard/page": {
      "otherChunks": [
        "static/chunks/0ptuxkxqlt08_.js",
        "static/chunks/1429g8cbk70qx.js",
        "static/chunks/09ff7s9_0d9-n.js"
      ],
      "runtimeModuleIds": [
        73324
      ]
    },
    "/sign-in/page": {
      "otherChunks": [
        "static/chunks/0ptuxkxqlt08_.js",
        "static/chunks/1429g8cbk70qx.js",
        "static/chunks/09ff7s9_0d9-n.js"
      ],
      "runtimeModuleIds": [
        73324
      ]
    }
  },
  "chunkLoadingGlobal": "TURBOPACK"
};
