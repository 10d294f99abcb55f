module.exports=[6465,s=>{"use strict";s.s([])}];

//# sourceMappingURL=0qmz_nextjs__next-internal_server_app_api_session_route_actions_1_65008kvmz61.js.map