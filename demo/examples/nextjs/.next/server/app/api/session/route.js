var R=require("../../../chunks/[turbopack]_runtime.js")("server/app/api/session/route.js")
R.c("server/chunks/[externals]__0fgpzedhhntg9._.js")
R.c("server/chunks/[root-of-the-server]__14wa3sogdy_95._.js")
R.c("server/chunks/0qmz_nextjs__next-internal_server_app_api_session_route_actions_1_65008kvmz61.js")
R.m(90484)
module.exports=R.m(90484).exports
