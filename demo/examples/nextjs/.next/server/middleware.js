var R=require("./chunks/[turbopack]_runtime.js")("server/middleware.js")
R.c("server/chunks/[externals]__1v3kmtng3spuo._.js")
R.c("server/chunks/[root-of-the-server]__1dq4a8xruwmxt._.js")
R.m(92174)
module.exports=R.m(92174).exports
