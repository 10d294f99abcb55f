module.exports=[65790,a=>{"use strict";a.s([])}];

//# sourceMappingURL=1t4a_examples_nextjs__next-internal_server_app_sign-in_page_actions_1fe5ieuvlvzl4.js.map