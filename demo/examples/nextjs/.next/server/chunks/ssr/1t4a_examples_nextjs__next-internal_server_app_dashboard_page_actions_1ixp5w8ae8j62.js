module.exports=[54173,a=>{"use strict";a.s([])}];

//# sourceMappingURL=1t4a_examples_nextjs__next-internal_server_app_dashboard_page_actions_1ixp5w8ae8j62.js.map