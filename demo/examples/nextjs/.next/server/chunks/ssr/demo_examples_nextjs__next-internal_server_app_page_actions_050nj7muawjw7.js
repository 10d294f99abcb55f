module.exports=[16228,a=>{"use strict";a.s([])}];

//# sourceMappingURL=demo_examples_nextjs__next-internal_server_app_page_actions_050nj7muawjw7.js.map