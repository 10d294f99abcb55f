module.exports=[21976,a=>{"use strict";a.s([])}];

//# sourceMappingURL=0qmz_nextjs__next-internal_server_app__global-error_page_actions_0hp_kkhzwqnma.js.map